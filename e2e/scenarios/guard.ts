import { Chart } from 'cdk8s';
import {
  EgressGateway, EgressGuard, EgressViaGateway, ExternalTcp, GuardMode, MeshClient, Resolution,
} from 'cdk8s-istio-egress';
import { hears, hearsNothing } from './answers';
import { forgery } from './forgery';
import { ISTIO_NAMESPACE } from '../lab/istiod';
import type { Lab } from '../lab/lab';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOST = 'mysqldb.example.com';
const ADDRESS = '192.0.2.14';
const SERVER_NAME = `p3306.shop.${HOST}`;
const TENANT = 'mallory';
/** Another namespace whose services may be routed through the gateway. */
const NEIGHBOUR = 'data';
const PRIVATE = `p3306.hidden.${TENANT}.example`;
/** Where the tenant's pods connect to for it. */
const HIDDEN = '203.0.113.96';
/** What istiod writes for Kubernetes' own Gateways: the selector does not matter then. Its webhook refuses the second one, where there is a webhook. */
const SERVICE_ANNOTATIONS = {
  'internal.istio.io/gateway-service': 'other.mallory.svc.cluster.local,istio-egressgateway.istio-system.svc.cluster.local',
  'internal.istio.io/parent-namespace': ISTIO_NAMESPACE,
};

/** A team's service, and the platform's guard of the gateway. */
const set = (mode: GuardMode, ...accounts: readonly string[]): Manifest => Manifest.synth((app) => {
  const gateway = EgressGateway.istioEgressGateway();
  new EgressGuard(new Chart(app, 'platform', { namespace: 'platform' }), 'Guard', { gateway, mode, namespaces: [NEIGHBOUR] });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const mysql = new ExternalTcp(chart, 'Mysql', { host: HOST, ports: [3306], resolution: Resolution.ipAddresses(ADDRESS) });
  new EgressViaGateway(chart, 'Egress', { gateway }).route(mysql);
  for (const account of accounts) { mysql.allowFrom(MeshClient.serviceAccount('shop', account)); }
});

const kinds = (manifest: Manifest, guards: boolean): string => JSON.stringify({
  apiVersion: 'v1', kind: 'List', items: manifest.objects.filter(({ kind }) => kind.startsWith('ValidatingAdmission') === guards),
});

interface Attempt {
  /** What is tried, as the end of "the API server refuses ...". */
  readonly what: string;
  readonly namespace?: string;
  readonly kind: string;
  readonly spec: Record<string, unknown>;
  readonly version?: string;
  readonly annotations?: Record<string, string>;
  /** What the answer says. */
  readonly says: RegExp;
}

const DATABASE = { number: 3306, name: 'tcp', protocol: 'TCP' };
const onGateway = (host: string, selector?: Record<string, string>): Record<string, unknown> => ({
  selector, servers: [{ port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: [host], tls: { mode: 'ISTIO_MUTUAL' } }],
});
const EGRESS = { istio: 'egressgateway' };
const entry = (host: string, exportTo?: string[]): Record<string, unknown> => ({
  hosts: [host], addresses: ['203.0.113.97/32'], ports: [DATABASE], endpoints: [{ address: '192.0.2.53' }], resolution: 'STATIC', location: 'MESH_EXTERNAL', exportTo,
});
const route = (host: string, gateways: string[] | undefined, exportTo?: string[], to = HOST): Record<string, unknown> => ({
  hosts: [host], gateways, exportTo, tcp: [{ route: [{ destination: { host: to, port: { number: 3306 } } }] }],
});

const BINDS = /may not write a Gateway that binds to the pods of istio-egressgateway\.istio-system: name other pods in 'spec\.selector', with another value of 'istio'/;
const NOT_YOURS = /is a server name of another namespace/;
const ADDRESSES = /may not show addresses or TCP ports of a ServiceEntry to other namespaces/;
const OWNED = /is declared by another namespace, or covers a host that is/;

const ATTEMPTS: readonly Attempt[] = [
  { what: 'a Gateway with a server name of its own', kind: 'Gateway', spec: onGateway('p3306.mallory.example.com', EGRESS), says: BINDS },
  { what: 'the same in an older version of the API', kind: 'Gateway', version: 'v1alpha3', spec: onGateway('p3306.mallory.example.com', EGRESS), says: BINDS },
  { what: 'a Gateway with the victim\'s server name', kind: 'Gateway', spec: onGateway(SERVER_NAME, EGRESS), says: BINDS },
  { what: 'a Gateway without a selector', kind: 'Gateway', spec: onGateway('x.mallory.example'), says: BINDS },
  { what: 'a Gateway with an empty selector', kind: 'Gateway', spec: onGateway('x.mallory.example', {}), says: BINDS },
  { what: 'a Gateway with another label of the pods', kind: 'Gateway', spec: onGateway('x.mallory.example', { app: 'istio-egressgateway' }), says: BINDS },
  { what: 'a Gateway with the label of every injected pod', kind: 'Gateway', spec: onGateway('x.mallory.example', { 'sidecar.istio.io/inject': 'true' }), says: BINDS },
  {
    what: 'a Gateway of other pods that names the Service in Istio\'s own annotation',
    kind: 'Gateway',
    spec: onGateway('x.mallory.example', { istio: 'mallory' }),
    annotations: SERVICE_ANNOTATIONS,
    says: BINDS,
  },
  { what: 'the victim\'s server name from a namespace that may use the gateway', namespace: NEIGHBOUR, kind: 'Gateway', spec: onGateway(`./${SERVER_NAME}`, EGRESS), says: NOT_YOURS },
  {
    what: 'the server name of the victim\'s whole-namespace clients from there',
    namespace: NEIGHBOUR,
    kind: 'Gateway',
    spec: onGateway(`*/in.web.shop.p3306.${HOST.toUpperCase()}`, EGRESS),
    says: NOT_YOURS,
  },
  { what: 'a server for every name from there', namespace: NEIGHBOUR, kind: 'Gateway', spec: onGateway('*', EGRESS), says: OWNED },
  { what: 'a VirtualService on the victim\'s Gateway', kind: 'VirtualService', spec: route('x.example', ['shop/mysql--shop']), says: /Gateway shop\/mysql--shop serves/ },
  {
    what: 'a VirtualService on the victim\'s Gateway by its long name',
    kind: 'VirtualService',
    spec: route('x.example', ['mysql--shop.shop.svc.cluster.local']),
    says: /Gateway shop\/mysql--shop serves/,
  },
  { what: 'a VirtualService for the victim\'s server name', kind: 'VirtualService', spec: route(SERVER_NAME, ['own'], [ISTIO_NAMESPACE]), says: NOT_YOURS },
  { what: 'a VirtualService for the victim\'s host that the victim sees', kind: 'VirtualService', spec: route(HOST, undefined, ['shop'], 'trap.mallory.example'), says: OWNED },
  { what: 'a VirtualService for a wildcard over it that everybody sees', kind: 'VirtualService', spec: route('*.example.com', ['mesh']), says: OWNED },
  { what: 'a ServiceEntry that everybody sees', kind: 'ServiceEntry', spec: entry('trap.mallory.example', ['*']), says: /may not export a ServiceEntry to namespace istio-system/ },
  { what: 'a ServiceEntry without exportTo', kind: 'ServiceEntry', spec: entry('trap.mallory.example'), says: /may not export a ServiceEntry to namespace istio-system/ },
  { what: 'a ServiceEntry for the gateway\'s namespace', kind: 'ServiceEntry', spec: entry('trap.mallory.example', [ISTIO_NAMESPACE]), says: /may not export a ServiceEntry/ },
  { what: 'the victim\'s host declared again, for its own pods alone', kind: 'ServiceEntry', spec: entry(HOST, ['.']), says: OWNED },
  { what: 'the victim\'s host in capitals', kind: 'ServiceEntry', version: 'v1beta1', spec: entry(HOST.toUpperCase(), ['.']), says: OWNED },
  { what: 'a wildcard over the victim\'s host', kind: 'ServiceEntry', spec: entry('*.example.com', ['.']), says: OWNED },
  {
    what: 'the victim\'s address under a name of its own, shown to the victim\'s clients',
    kind: 'ServiceEntry',
    spec: { ...entry('cache.mallory.example', ['.', 'shop']), addresses: [`${ADDRESS}/32`] },
    says: ADDRESSES,
  },
  { what: 'a TCP port without an address there', kind: 'ServiceEntry', spec: { ...entry('cache.mallory.example', ['shop']), addresses: undefined }, says: ADDRESSES },
  {
    what: 'a route of a namespace that may use the gateway to the victim\'s private upstream',
    namespace: NEIGHBOUR,
    kind: 'VirtualService',
    spec: route('p3306.data.own.example', ['own'], [ISTIO_NAMESPACE], SERVER_NAME),
    says: /may not send to the server name of another namespace/,
  },
  { what: 'a server for a wildcard under the victim\'s host from there', namespace: NEIGHBOUR, kind: 'Gateway', spec: onGateway(`*.${HOST}`, EGRESS), says: OWNED },
  { what: 'the victim\'s server name declared as a host', kind: 'ServiceEntry', spec: entry(SERVER_NAME, ['.']), says: NOT_YOURS },
];

const ALLOWED: readonly Omit<Attempt, 'says'>[] = [
  { what: 'a Gateway for the ingress gateway', kind: 'Gateway', spec: onGateway('www.mallory.example', { istio: 'ingressgateway' }) },
  { what: 'a VirtualService for every host of a Gateway of its own', kind: 'VirtualService', spec: route('*', ['own'], undefined, 'www') },
  { what: 'a VirtualService for the victim\'s host that only it sees', kind: 'VirtualService', spec: route(HOST, undefined, ['.']) },
  { what: 'a host of its own, for its own pods', kind: 'ServiceEntry', spec: entry('db.mallory.example', ['.']) },
  { what: 'a host of its own, for another namespace', kind: 'ServiceEntry', spec: { ...entry('db.mallory.example', ['.', 'shop']), addresses: undefined, ports: [{ ...DATABASE, protocol: 'TLS' }] } },
  { what: 'a published recipe\'s server in a namespace that may use the gateway', namespace: NEIGHBOUR, kind: 'Gateway', spec: onGateway('edition.cnn.com', EGRESS) },
  { what: 'a host of every namespace from there', namespace: NEIGHBOUR, kind: 'ServiceEntry', spec: entry('edition.cnn.com', ['*']) },
];

function objectOf({ namespace = TENANT, kind, version = 'v1', spec, annotations }: Omit<Attempt, 'what' | 'says'>, name = 'attempt'): string {
  return JSON.stringify({ apiVersion: `networking.istio.io/${version}`, kind, metadata: { name, namespace, annotations }, spec });
}

/** A way of the tenant's own to the private upstream of the victim: what admission control is for. */
const hiddenWay = [
  forgery({ namespace: TENANT, name: 'hidden', address: HIDDEN, serverName: PRIVATE }),
  objectOf({ kind: 'Gateway', spec: onGateway(PRIVATE, EGRESS) }, 'hidden'),
  '---',
  objectOf({
    kind: 'VirtualService',
    spec: {
      hosts: [PRIVATE], gateways: ['hidden'], exportTo: [ISTIO_NAMESPACE], tcp: [{ route: [{ destination: { host: SERVER_NAME, port: { number: 443 } } }] }],
    },
  }, 'hidden'),
].join('\n');

const GUARDED = ['gateways', 'virtualservices', 'serviceentries'].map((plural) => `${plural}.networking.istio.io`).join();

/** What kubectl says, on both outputs. */
async function apply(lab: Lab, yaml: string, ...options: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const { code, stdout, stderr } = await lab.kube.kubectl(['apply', '--server-side', '--force-conflicts', '--field-manager=tenant', ...options, '-f', '-'], yaml);
  return { code, said: `${stdout} ${stderr}`.trim().replace(/\s+/g, ' ') };
}

const refused = (answer: { readonly code: number; readonly said: string }, says: RegExp): string | undefined => (
  answer.code === 0 ? 'it was accepted' : /ValidatingAdmissionPolicy/.test(answer.said) && says.test(answer.said) ? undefined : `another answer: ${answer.said}`);

export const guard: Scenario = {
  name: 'guard',
  promise: 'with an EgressGuard the API server refuses what a hostile tenant needs at a shared gateway, and the teams that may use it notice nothing',
  async run(lab, report) {
    await lab.dns.set(HOST, ADDRESS);
    const [orders, reports, mallory] = await Promise.all([
      lab.caller('shop', 'orders'), lab.caller('shop', 'reports'), lab.caller(TENANT, 'mallory'), lab.stockGateway(),
      lab.greeter({ address: ADDRESS, port: 3306, who: 'mysql' }), lab.namespace(NEIGHBOUR),
    ]);
    const served = (): Promise<string | undefined> => hears(orders, HOST, 3306, 'mysql');
    const getsIn = (): Promise<string | undefined> => hears(mallory, HIDDEN, 3306, 'mysql');
    const hearsNone = (): Promise<string | undefined> => hearsNothing(mallory, HIDDEN, 3306);
    const refuses = async (sentence: string, yaml: string, says: RegExp, ...options: readonly string[]): Promise<void> => (
      report.check(sentence, async () => refused(await apply(lab, yaml, ...options), says)));

    await lab.kube.apply(kinds(set(GuardMode.DENY, 'orders'), false));
    await report.check('the victim\'s client is served', served, { steady: 1 });
    await lab.kube.apply(hiddenWay);
    await report.check('without a guard the tenant reaches the victim\'s database', getsIn);

    await lab.kube.apply(kinds(set(GuardMode.AUDIT, 'orders'), true));
    await report.check('a guard that audits accepts, and warns whoever writes', async () => {
      const { code, said } = await apply(lab, objectOf(ATTEMPTS[0]), '--dry-run=server');
      return code === 0 && /Warning: Validation failed for ValidatingAdmissionPolicy/.test(said) && ATTEMPTS[0].says.test(said) ? undefined : said;
    });
    await lab.kube.apply(set(GuardMode.DENY, 'orders').yaml);
    // in force a moment after it was applied
    await refuses(`the API server refuses ${ATTEMPTS[0].what}`, objectOf(ATTEMPTS[0]), ATTEMPTS[0].says, '--dry-run=server');
    for (const attempt of ATTEMPTS.slice(1)) {
      const answer = await apply(lab, objectOf(attempt));
      await report.check(`it refuses ${attempt.what}`, () => refused(answer, attempt.says));
    }
    for (const attempt of ALLOWED) {
      const answer = await apply(lab, objectOf(attempt), '--dry-run=server');
      await report.check(`it accepts ${attempt.what}`, () => (answer.code === 0 && !/Warning: Validation/.test(answer.said) ? undefined : answer.said));
    }

    await report.check('limit: what was there before the guard still works', getsIn);
    await report.check('the documented command lists it, and nothing of the teams', async () => {
      const { stdout } = await lab.kube.kubectl(['get', GUARDED, '-A', '-o', 'yaml']);
      const { stderr } = await lab.kube.kubectl(['replace', '--dry-run=server', '-f', '-'], stdout);
      const listed = [...stderr.matchAll(/(\w+)\.networking\.istio\.io "([^"]+)" is forbidden: ValidatingAdmissionPolicy/g)].map(([, kind, name]) => `${kind} ${name}`).sort();
      return listed.join() === 'gateways hidden,virtualservices hidden' ? undefined : `it says: ${stderr.trim()}`;
    });
    await refuses('it cannot be changed', objectOf({ kind: 'Gateway', spec: onGateway(SERVER_NAME, EGRESS) }, 'hidden'), BINDS);
    await lab.kube.kubectl(['delete', 'gateways.networking.istio.io', '-n', TENANT, 'hidden']);
    await report.check('removed, it lets nothing through', hearsNone);
    const again = await apply(lab, hiddenWay);
    await report.check('the tenant cannot write it again', () => refused(again, BINDS));
    const moves = (istio: string): string => objectOf({ kind: 'Gateway', spec: onGateway('www.mallory.example', { istio }) }, 'moves');
    await lab.kube.apply(moves('ingressgateway'));
    const moved = await apply(lab, moves('egressgateway'));
    await report.check('a Gateway for other pods cannot be changed into one for these', () => refused(moved, BINDS));

    await report.holds('the tenant hears nothing', 3, hearsNone);
    await lab.kube.apply(set(GuardMode.DENY, 'orders', 'reports').yaml);
    await report.check('the victim\'s team changes its service as ever: an added account is served', () => hears(reports, HOST, 3306, 'mysql'));
    await report.holds('its client is served', 3, served);
  },
};
