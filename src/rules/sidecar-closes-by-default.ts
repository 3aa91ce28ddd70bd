import { Finding, Rule } from './rule';
import { record } from '../view/fields';

export const sidecarClosesByDefault: Rule = {
  id: 'MX0608',
  name: 'sidecar-closes-by-default',
  severity: 'WARNING',
  title: 'A Sidecar has an `outboundTrafficPolicy` without a mode.',
  why: 'The mode is then REGISTRY_ONLY, whatever the mesh has: the workloads reach only what is declared.',
  fix: 'Write the mode, REGISTRY_ONLY or ALLOW_ANY. Or remove `outboundTrafficPolicy`: that of the mesh then applies.',
  related: ['KIA1007'],
  check: view => view.allSidecars.filter(({ object }) => isWithoutMode(object.spec.outboundTrafficPolicy))
    .map(({ object }): Finding => ({
      object,
      message: '\'outboundTrafficPolicy\' without \'mode\' means REGISTRY_ONLY: hosts that are not declared are blocked',
      fix: 'write \'mode: REGISTRY_ONLY\' when that is meant, or leave \'outboundTrafficPolicy\' out',
      field: ['spec', 'outboundTrafficPolicy'],
    })),
};

function isWithoutMode(policy: unknown): boolean {
  return policy !== undefined && record(policy).mode === undefined;
}
