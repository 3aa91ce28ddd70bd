import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { contains, networkOf } from '../private/network';

export const serverOnLoopback: Rule = {
  id: 'MX0317',
  name: 'server-on-loopback',
  severity: 'ERROR',
  title: 'A server of a Gateway binds to loopback.',
  why: 'The gateway listens for it inside of its pods only. What arrives through the Service of the gateway finds no listener, and connections are refused.',
  fix: 'Remove `bind`.',
  related: [],
  check: view => view.gatewayServers.filter(({ bind }) => bind !== undefined && isLoopback(bind)).map(({ object, field, bind }): Finding => ({
    object,
    field: [...field, 'bind'],
    message: `'bind' ${quote(bind!)} is an address inside of the gateway's pods: nobody outside connects to this server`,
    fix: 'remove \'bind\'',
  })),
};

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

function isLoopback(address: string): boolean {
  // Parsed here and not when the package is loaded: few servers have an address.
  return networkOf(address).some(of => LOOPBACK.flatMap(networkOf).some(range => contains(range, of)));
}
