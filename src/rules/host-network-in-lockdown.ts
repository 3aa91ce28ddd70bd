import { Rule, where } from './rule';
import { podSpecIn } from '../private/pod-template';
import { record } from '../view/fields';

export const hostNetworkInLockdown: Rule = {
  id: 'MX0605',
  name: 'host-network-in-lockdown',
  severity: 'ERROR',
  title: 'Pods of a locked-down namespace use the network of their node (`hostNetwork`).',
  why: 'They have no sidecar, and most network plugins apply no NetworkPolicy to them: they connect to every address.',
  fix: 'Remove `hostNetwork`, or run the pods in another namespace. The Pod Security Standard `baseline` refuses such pods in the cluster.',
  related: [],
  check: view => view.objects.flatMap(object => {
    const lockdown = view.lockdowns.get(object.namespace);
    return lockdown && record(podSpecIn(object.kind, object)).hostNetwork === true ? [{
      object,
      message: `runs its pods with 'hostNetwork' in ${where(object.namespace)}, which '${lockdown.origin.path}' locks down, and most network plugins apply no NetworkPolicy to `
        + 'them',
      fix: 'remove \'hostNetwork\', or run the pods in another namespace',
    }] : [];
  }),
};
