import { ConnectOptions, Place } from './connection';
import { isWildcard } from '../private/check';
import { Fail, quote } from '../private/fail';
import { PortModel, UrlModel } from '../private/model';

/** What a connection to one host needs to know of the service. */
interface OneHost {
  readonly hosts: readonly string[];
  readonly ports: readonly PortModel[];
  readonly protocolName: string;
}

/** The variables of a service of which a workload uses one host and port. */
export function hostPlaces({ hosts, ports, protocolName }: OneHost, options: ConnectOptions, fail: Fail): Place[] {
  if (options.membersVariable !== undefined) {
    fail(`'membersVariable' ${quote(options.membersVariable)} is for a cluster, and the service has one host for a workload: use 'hostVariable' and 'portVariable'`);
  }
  const host = options.hostName ?? hosts[0];
  if (!hosts.includes(host)) {
    fail(`'hostName' must be a host of the service (${hosts.map(quote).join(', ')}), got ${quote(host)}`);
  }
  if (isWildcard(host)) {
    fail(`'host' is the wildcard ${quote(host)}, which no variable can hold: connect to a service with one name`);
  }
  const number = options.portNumber ?? ports[0].number;
  const port = ports.find(candidate => candidate.number === number);
  if (!port) {
    return fail(`'portNumber' must be a port of the service (${ports.map(candidate => candidate.number).join(', ')}), got ${quote(number)}`);
  }
  return [
    { property: 'hostVariable', suffix: 'HOST', value: host },
    { property: 'portVariable', suffix: 'PORT', value: String(number) },
    ...urlPlaces(options, protocolName, port.url, [`${host}:${number}`], fail),
  ];
}

/** The URL of servers, when somebody wants it. */
export function urlPlaces(
  { urlVariable, urlPath }: ConnectOptions, protocolName: string, url: UrlModel | undefined, servers: readonly string[], fail: Fail,
): Place[] {
  if (urlVariable === undefined) {
    if (urlPath !== undefined) {
      fail(`'urlPath' ${quote(urlPath)} belongs to a URL, and no variable gets one: give 'urlVariable'`);
    }
    return [];
  }
  if (!url) {
    fail(`'urlVariable' ${quote(urlVariable)} needs a URL, and the protocol ${quote(protocolName)} has none: use the variables for host and port, or give `
      + 'the protocol a \'urlScheme\' with Protocol.custom()');
  }
  return [{ property: 'urlVariable', suffix: 'URL', value: urlOf(url, servers, urlPath) }];
}

function urlOf({ scheme, query }: UrlModel, servers: readonly string[], path: string | undefined): string {
  // A driver of MongoDB wants the "/" in front of the query.
  const end = path === undefined && query.length === 0 ? '' : `/${path ?? ''}`;
  return `${scheme}://${servers.join(',')}${end}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}
