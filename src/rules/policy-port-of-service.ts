import { strangePortsIn } from './policy-ports';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

export const policyPortOfService: Rule = {
  id: 'MX0812',
  name: 'policy-port-of-service',
  severity: 'ERROR',
  title: 'A policy names the port of a Service, and the pods listen on another one.',
  why: 'A proxy compares `ports` and `destination.port` with the port at which a connection arrives at the pod, which is the `targetPort` of the Service. With the port of the Service an ALLOW rule allows nobody, and a DENY rule denies nobody.',
  fix: 'Write the port of the pods. For the gateways of Istio\'s charts that is often 8443 for 443, and 8080 for 80.',
  related: [],
  check: view => strangePortsIn(view).flatMap(({ object, field, property, value, isExcluded, service }): Finding[] => (service === undefined ? [] : [{
    object,
    field,
    message: `'${property}' ${quote(String(value))} is a port of the Service ${quote(service.service.object.name)} ('${service.service.object.origin.path}'), whose pods listen on ${service.target}: `
      + `the value ${isExcluded ? 'excludes nothing' : 'never matches'}`,
    fix: `write ${quote(String(service.target))}`,
  }])),
};
