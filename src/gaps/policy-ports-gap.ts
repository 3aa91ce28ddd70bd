import { GapKind, NOT_THERE, selectorText } from './gap';
import { policiesOfUnknownPorts } from '../rules/policy-ports';

export const policyPortsGap: GapKind = {
  name: 'policy-ports',
  rules: ['MX0812', 'MX0813'],
  state: NOT_THERE,
  open: 'whether the pods listen on the ports that the policy names',
  fix: 'add the Service and the workload',
  find: view => policiesOfUnknownPorts(view).map(({ object, selector }) => ({
    object,
    field: ['spec', 'rules'],
    on: `a Service of the pods with ${selectorText(selector)}`,
  })),
};
