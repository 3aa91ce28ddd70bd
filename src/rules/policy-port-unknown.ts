import { strangePortsIn } from './policy-ports';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

export const policyPortUnknown: Rule = {
  id: 'MX0813',
  name: 'policy-port-unknown',
  severity: 'WARNING',
  title: 'A policy names a port on which none of its pods is known to listen.',
  why: 'The value matches no connection: an ALLOW rule allows nobody, a DENY rule leaves open what it should close. The ports of pods are those of their containers and probes, and those that Services and Gateways lead to.',
  fix: 'Write a port of the pods. If they listen on it, add it to the ports of the container.',
  related: [],
  check: view => strangePortsIn(view).filter(({ service, hasPods }) => service === undefined && hasPods).map((port): Finding => ({
    object: port.object,
    field: port.field,
    message: `'${port.property}' ${quote(String(port.value))} is none of the ports on which its pods are known to listen (${port.listened.join(', ')}): the value `
      + (port.isExcluded ? 'excludes nothing' : 'never matches'),
    fix: 'write a port of the pods, or add it to the ports of their container',
  })),
};
