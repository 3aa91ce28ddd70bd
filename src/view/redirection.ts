import { AddressList } from './address-list';
import { PodTemplate } from './pod-template';

/** What of the connections of a pod goes to its sidecar; all of them when left out. */
const TRAFFIC = 'traffic.sidecar.istio.io/';

/** Whether it is certain that the connections of a pod to an address and port go to the sidecar that it has. */
export function takesFrom({ annotations }: PodTemplate, address: string, port: number): boolean {
  const setting = (name: string) => annotations[`${TRAFFIC}${name}`];
  const ports = (name: string) => (setting(name) ?? '').split(',').map(item => item.trim());
  if (setting('excludeInterfaces') || ports('excludeOutboundPorts').includes(String(port)) || new AddressList(setting('excludeOutboundIPRanges') ?? '').has(address) !== false) {
    return false;
  }
  return ports('includeOutboundPorts').includes(String(port)) || new AddressList(setting('includeOutboundIPRanges') ?? '*').has(address) === true;
}
