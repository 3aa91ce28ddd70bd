import { Finding, Rule } from './rule';
import { record } from '../view/fields';

export const sidecarClosesByDefault: Rule = {
  id: 'MX0608',
  name: 'sidecar-closes-by-default',
  severity: 'WARNING',
  title: 'A Sidecar has an `outboundTrafficPolicy` without a mode.',
  why: 'Its mode is REGISTRY_ONLY then, whatever the mesh has: the workloads reach what is declared and nothing else.',
  fix: 'Write the mode, REGISTRY_ONLY or ALLOW_ANY; or leave `outboundTrafficPolicy` out, and the mesh decides.',
  related: ['KIA1007'],
  check: view => view.allSidecars.filter(({ object }) => isWithoutMode(object.spec.outboundTrafficPolicy))
    .map(({ object }): Finding => ({
      object,
      message: '\'outboundTrafficPolicy\' without \'mode\' is REGISTRY_ONLY: what is not declared is blocked',
      fix: 'write \'mode: REGISTRY_ONLY\' when that is meant, or leave \'outboundTrafficPolicy\' out',
      field: ['spec', 'outboundTrafficPolicy'],
    })),
};

function isWithoutMode(policy: unknown): boolean {
  return policy !== undefined && record(policy).mode === undefined;
}
