import { ConnectOptions, Place } from './connection';
import { Fail, quote } from '../private/fail';
import { PortModel, UrlModel } from '../private/model';
import { isWildcard } from '../private/wire';

/** What variables can say of a service. */
export interface Servers {
  readonly hosts: readonly string[];
  readonly ports: readonly PortModel[];
  readonly protocolName: string;
}

/** The variables that say where a service is, for one connection. */
export type PlacesFor = (servers: Servers, options: ConnectOptions, fail: Fail) => Place[];

/** The variables of a service of which a workload uses one host and port. */
export const hostPlaces: PlacesFor = ({ hosts, ports, protocolName }, options, fail) => {
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
};

/** The properties that choose one of several hosts. */
const OF_ONE_HOST = ['hostVariable', 'portVariable', 'hostName', 'portNumber'] as const;

/** How drivers of a kind of cluster are told its members. */
export interface ClusterPlaces {
  /** What the name of the variable ends in. */
  readonly suffix: string;
  /** The port of the members that drivers are given first; the first when left out. */
  readonly port?: number;
  /** The URL, when it is another than the protocol's. */
  readonly url?: (url: UrlModel | undefined) => UrlModel;
  /** Variables besides the members. */
  readonly more?: readonly Place[];
  /** Whether drivers want a URL, so that its variable has a name of its own. */
  readonly byUrl?: boolean;
}

/** The variables of a cluster: drivers are given all of its members. */
export function clusterPlaces({ suffix, port: first, url, more = [], byUrl }: ClusterPlaces): PlacesFor {
  return ({ hosts, ports, protocolName }, options, fail) => {
    const wrong = OF_ONE_HOST.find(property => options[property] !== undefined);
    if (wrong !== undefined) {
      fail(`'${wrong}' ${quote(options[wrong])} is for a service with one host, and drivers of a cluster are given all members: use 'membersVariable'`);
    }
    const port = ports.find(({ number }) => number === first) ?? ports[0];
    const servers = hosts.map(host => `${host}:${port.number}`);
    return [
      { property: 'membersVariable', suffix, value: servers.join(',') },
      ...more,
      ...urlPlaces(options, protocolName, url ? url(port.url) : port.url, servers, fail, byUrl),
    ];
  };
}

/** The URL of servers, when somebody wants it. */
function urlPlaces(
  { urlVariable, urlPath }: ConnectOptions, protocolName: string, url: UrlModel | undefined, servers: readonly string[], fail: Fail, always = false,
): Place[] {
  if (urlVariable === undefined && !always) {
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
