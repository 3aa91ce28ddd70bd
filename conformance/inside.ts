/** Services inside the mesh in generated apps: their description, the app of it, and what should become of requests, worked out apart from the library. */
import { ApiObject, Chart, Duration } from 'cdk8s';
import { HeaderMatch, HttpSettings, IngressRoute, LoadBalancer, MeshService, PathMatch, ServerTls } from 'cdk8s-istio-egress';
import { ExpectedRequest } from './expectations';

export interface HeaderSpec {
  readonly how: 'exact' | 'prefix' | 'regex' | 'present';
  readonly name: string;
  readonly value: string;
}

export interface MatchSpec {
  readonly header: HeaderSpec;
  /** Counted from one, as the names of the versions. */
  readonly version: number;
  /** The status of an injected fault. */
  readonly abort?: number;
  /** How many seconds it may take, when not as long as others. */
  readonly seconds?: number;
}

export const BALANCERS = ['roundRobin', 'random', 'header', 'cookie', 'parameter', 'address'] as const;

export interface InsideSpec {
  readonly host: string;
  readonly versions: number;
  readonly verb: 'none' | 'routeTo' | 'split';
  readonly matches: readonly MatchSpec[];
  readonly mirror?: { readonly version: number; readonly percentage?: number };
  readonly seconds?: number;
  readonly balancer?: typeof BALANCERS[number];
  readonly ejects?: boolean;
  /** Whether the verbs are called from the last to the first; matches keep their order. */
  readonly backwards: boolean;
  readonly exposed?: 'http' | 'simple' | 'mutual';
  /** Whether plaintext is sent to HTTPS, which needs TLS. */
  readonly redirects?: boolean;
}

const PORT = 9080;
const PATH = '/api/v1';

const versionOf = (version: number) => `v${version}`;

/** A service inside the mesh with versions, its rules, and an ingress route to it. */
export function makeInside(chart: Chart, spec: InsideSpec, index: number): void {
  const versions = versionsOf(spec);
  new ApiObject(chart, 'InsideService', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: spec.host },
    spec: { selector: { app: spec.host }, ports: [{ port: PORT, name: 'http' }] },
  });
  for (const version of versions) {
    const labels = { app: spec.host, version };
    new ApiObject(chart, `Inside-${version}`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `${spec.host}-${version}` },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'registry.example.com/app:1.0.0' }] } },
      },
    });
  }
  const rules = new MeshService(chart, 'Inside', {
    host: spec.host,
    versions,
    http: httpOf(spec.seconds),
    loadBalancer: balancerOf(spec.balancer),
    connection: spec.ejects ? { maxConnections: 100, outlierDetection: {} } : undefined,
  });
  const calls = [
    () => spec.matches.forEach(({ header, version, abort, seconds }) => (
      rules.routeMatching(headerOf(header), versionOf(version), { http: httpOf(seconds, abort) }))),
    () => route(rules, spec),
    () => spec.mirror && rules.mirrorTo(versionOf(spec.mirror.version), { percentage: spec.mirror.percentage }),
  ];
  (spec.backwards ? [...calls].reverse() : calls).forEach(call => call());
  if (spec.exposed) {
    new IngressRoute(chart, 'Exposed', {
      hosts: [publicHost(index)],
      service: spec.host,
      servicePort: PORT,
      paths: [PathMatch.prefix(PATH)],
      tls: spec.exposed === 'http' ? undefined : ServerTls[spec.exposed]({ credentialName: certificateOf(index) }),
      httpsRedirectPort: spec.redirects ? 80 : undefined,
    });
  }
}

function route(rules: MeshService, spec: InsideSpec): void {
  if (spec.verb === 'routeTo') {
    rules.routeTo(versionsOf(spec)[0]);
  } else if (spec.verb === 'split') {
    rules.split(splitOf(spec));
  }
}

function versionsOf({ versions }: InsideSpec): string[] {
  return Array.from({ length: versions }, (_, i) => versionOf(i + 1));
}

function splitOf(spec: InsideSpec): { [version: string]: number } {
  return Object.fromEntries(versionsOf(spec).map((version, i) => [version, i === 0 ? 100 - 10 * (spec.versions - 1) : 10]));
}

const publicHost = (index: number) => `app-${index}.example.com`;
const certificateOf = (index: number) => `certificate-${index}`;

function headerOf({ how, name, value }: HeaderSpec): HeaderMatch {
  return how === 'present' ? HeaderMatch.present(name) : HeaderMatch[how](name, value);
}

function httpOf(seconds: number | undefined, abort?: number): HttpSettings | undefined {
  return seconds === undefined && abort === undefined ? undefined : {
    timeout: seconds === undefined ? undefined : Duration.seconds(seconds),
    fault: abort === undefined ? undefined : { abort: { percentage: 50, httpStatus: abort } },
  };
}

/** What keeps a user with a pod. */
const KEY = 'x-user';

function balancerOf(balancer: InsideSpec['balancer']): LoadBalancer | undefined {
  switch (balancer) {
    case undefined: return undefined;
    case 'roundRobin': return LoadBalancer.roundRobin();
    case 'random': return LoadBalancer.random();
    case 'header': return LoadBalancer.consistentHashByHeader(KEY);
    case 'cookie': return LoadBalancer.consistentHashByCookie(KEY, { ttl: Duration.seconds(0) });
    case 'parameter': return LoadBalancer.consistentHashByQueryParameter(KEY);
    case 'address': return LoadBalancer.consistentHashBySourceIp();
  }
}

/** Requests that hit and that miss the matches which the generator makes. */
export const PROBES: readonly { readonly [name: string]: string }[] = [
  {}, { 'end-user': 'jason' }, { 'end-user': 'jas' }, { 'end-user': 'alice' }, { 'x-debug': '' }, { 'x-debug': 'yes', 'end-user': 'jason' },
];

/** A chart that may have a service inside the mesh. */
interface ChartWithInside {
  readonly namespace?: string;
  readonly inside?: InsideSpec;
}

/** Requests to the services inside the mesh of a repository, from sidecars and from outside. */
export function requestsOf({ charts }: { readonly charts: readonly ChartWithInside[] }): ExpectedRequest[] {
  return charts.flatMap(({ namespace = 'default', inside }, index) => (inside ? PROBES.flatMap(headers => {
    const common = { service: inside.host, namespace, port: PORT, path: `${PATH}/books`, headers };
    const answered = { ...common, ...becomesOf(inside, headers) };
    return [answered, ...fromOutside(inside, index).map(ingress => (
      inside.exposed !== 'http' && ingress.port === 80 ? { ...common, ingress, redirected: true } : { ...answered, ingress }))];
  }) : []));
}

function fromOutside({ exposed, redirects }: InsideSpec, index: number): NonNullable<ExpectedRequest['ingress']>[] {
  const host = publicHost(index);
  switch (exposed) {
    case undefined: return [];
    case 'http': return [{ host, port: 80 }];
    default: return [
      { host, port: 443, certificate: certificateOf(index), mutual: exposed === 'mutual' },
      ...redirects ? [{ host, port: 80 }] : [],
    ];
  }
}

function becomesOf(spec: InsideSpec, headers: { readonly [name: string]: string }): Partial<ExpectedRequest> {
  const match = spec.matches.find(({ header }) => fits(header, headers));
  const hash = hashOf(spec.balancer);
  if (match) {
    return { shares: { [versionOf(match.version)]: 100 }, seconds: match.seconds ?? spec.seconds, abort: match.abort, hash };
  }
  const { mirror } = spec;
  return {
    shares: defaultShares(spec),
    mirror: mirror && { subset: versionOf(mirror.version), percentage: mirror.percentage ?? 100 },
    seconds: spec.seconds,
    hash,
  };
}

function defaultShares(spec: InsideSpec): { [version: string]: number } {
  switch (spec.verb) {
    case 'none': return { '': 100 };
    case 'routeTo': return { [versionOf(1)]: 100 };
    case 'split': return splitOf(spec);
  }
}

function fits({ how, name, value }: HeaderSpec, headers: { readonly [name: string]: string }): boolean {
  const has = headers[name];
  if (has === undefined) {
    return false;
  }
  switch (how) {
    case 'present': return true;
    case 'exact': return has === value;
    case 'prefix': return has.startsWith(value);
    case 'regex': return new RegExp(`^(?:${value})$`).test(has);
  }
}

function hashOf(balancer: InsideSpec['balancer']): string | undefined {
  switch (balancer) {
    case 'header':
    case 'cookie':
    case 'parameter': return `${balancer} ${KEY}`;
    case 'address': return balancer;
    default: return undefined;
  }
}
