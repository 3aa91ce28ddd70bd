import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

export const gatewayNameHasDot: Rule = {
  id: 'MX0312',
  name: 'gateway-name-has-dot',
  severity: 'ERROR',
  title: 'The name of a Gateway is not a DNS label.',
  why: 'Istio\'s webhook refuses the Gateway, and each VirtualService that names it ("invalid gateway name"): it reads a name with dots as a host.',
  fix: 'Use letters, digits and `-` only.',
  related: ['IST0106'],
  check: view => view.gateways.filter(({ object }) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(object.name)).map(({ object }): Finding => ({
    object,
    field: ['metadata', 'name'],
    message: `'metadata.name' ${quote(object.name)} is no DNS label: Istio refuses the Gateway, and every VirtualService that names it`,
    fix: object.name === '' ? 'write one in quotation marks, if it is a number' : `write ${quote(object.name.toLowerCase().replace(/[^a-z0-9-]+/g, '-').slice(0, 63))}`,
  })),
};
