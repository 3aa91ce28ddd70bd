import { App, Chart } from 'cdk8s';
import { object, reportOf, routed, viewOf } from './helpers';
import { EgressGateway, EgressGuard, EgressLockdown, EgressViaGateway, ExternalMysql, GuardMode, MeshClient, Resolution } from '../../src';
import { Difference, differenceOf, opens } from '../../src/report/difference';
import { differenceAsJson } from '../../src/report/difference-as-json';
import { differenceAsMarkdown } from '../../src/report/difference-as-markdown';
import { openingText } from '../../src/report/opening';
import { Manifest, manifestsOf } from '../helpers';

/** A namespace that is locked down, a database behind a guarded gateway, and another one that is direct. */
function written(mode = GuardMode.DENY): Manifest[] {
  const app = new App();
  const shop = new Chart(app, 'shop', { namespace: 'shop' });
  const gateway = EgressGateway.istioEgressGateway();
  const [mysql, direct] = ['mysql', 'direct'].map((host, i) => (
    new ExternalMysql(shop, host, { host: `${host}.example.com`, resolution: Resolution.ipAddresses(`192.0.2.${i + 1}`) })));
  new EgressViaGateway(shop, 'Egress', { gateway }).route(mysql);
  mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
  direct.allowFrom(MeshClient.allIn('shop'));
  new EgressLockdown(shop, 'Lockdown');
  new EgressGuard(shop, 'Guard', { gateway, mode });
  return manifestsOf(app);
}

const viewWith = (manifests: readonly Manifest[]) => viewOf(manifests.map(manifest => JSON.stringify(manifest)), { outboundTrafficPolicy: 'ALLOW_ANY' });

const compared = (old: readonly Manifest[], now: readonly Manifest[]) => differenceOf(viewWith(old), viewWith(now));

const DENYING = written();

const without = (gone: Manifest) => DENYING.filter(manifest => manifest !== gone);

const named = (kind: string, name: string) => DENYING.find(manifest => manifest.kind === kind && manifest.metadata.name === name)!;

/** The guard with another field in one of its objects. */
const changed = (kind: string, name: string, change: (spec: Manifest['spec']) => void) => DENYING.map(manifest => {
  const copy = structuredClone(manifest);
  if (manifest === named(kind, name)) {
    change(copy.spec);
  }
  return copy;
});

const tenants = ({ openings }: Difference, kind: string) => openings.filter(change => change.kind === kind && change.opening.kind === 'TENANT');

const NAME = 'istio-egressgateway.istio-system.guard';
const GUARDS = [['gateways', 'Gateways'], ['virtualservices', 'VirtualServices'], ['serviceentries', 'ServiceEntries']] as const;

describe.each(GUARDS)('the guard of %s', (resource, kinds) => {
  const name = `${NAME}.${resource}`;

  test.each(['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'])('that loses its %s opens', kind => {
    const [gone, come] = [compared(DENYING, without(named(kind, name))), compared(without(named(kind, name)), DENYING)];
    const who = `whoever may write ${kinds}, in any namespace`;

    expect([tenants(gone, 'APPEARED'), opens(gone)]).toMatchObject([[{ host: '*', opening: { who, why: expect.stringContaining(`${name} no longer refuses`) as string } }], true]);
    expect([tenants(come, 'GONE'), tenants(come, 'APPEARED'), opens(come)]).toMatchObject([[{ opening: { who } }], [], false]);
  });

  const policy = (change: (spec: Manifest['spec']) => void) => changed('ValidatingAdmissionPolicy', name, change);
  const binding = (change: (spec: Manifest['spec']) => void) => changed('ValidatingAdmissionPolicyBinding', name, change);

  test.each<[string, Manifest[]]>([
    ['warns only', binding(spec => { spec.validationActions = ['Warn', 'Audit']; })],
    ['is bound to something else', binding(spec => { spec.policyName = 'other'; })],
    ['is bound for another kind', binding(spec => { spec.matchResources = { resourceRules: [{ apiGroups: [''], operations: ['*'], resources: ['pods'] }] }; })],
    ['passes what has no parameters', binding(spec => { spec.paramRef = { name: 'none', parameterNotFoundAction: 'Allow' }; })],
    ['passes what it cannot judge', policy(spec => { spec.failurePolicy = 'Ignore'; })],
    ['judges nothing', policy(spec => { spec.validations = []; })],
    ['judges creations alone', policy(spec => { spec.matchConstraints.resourceRules[0].operations = ['CREATE']; })],
    ['judges changes alone', policy(spec => { spec.matchConstraints.resourceRules[0].operations = ['UPDATE']; })],
    ['judges another group', policy(spec => { spec.matchConstraints.resourceRules[0].apiGroups = ['security.istio.io']; })],
  ])('that %s is none', (_, now) => {
    expect(tenants(compared(DENYING, now), 'APPEARED')).toMatchObject([{ opening: { why: expect.stringContaining('no longer refuses') as string } }]);
    expect(openingText(reportOf(viewWith(now)).dependencies.flatMap(({ openings }) => openings).find(({ kind }) => kind === 'TENANT')!))
      .toContain(`whoever may write ${kinds}, in any namespace: they can open a route of their own through the same gateway, or turn one that is there, unless`);
  });

  test.each<[string, boolean, Manifest[]]>([
    ['with other expressions', true, policy(spec => { spec.validations[0].expression = 'true'; })],
    ['with other variables', true, policy(spec => { spec.variables = []; })],
    ['under a condition', true, policy(spec => { spec.matchConditions = [{ name: 'robots', expression: 'request.userInfo.username != "robot"' }]; })],
    ['of some namespaces', false, policy(spec => { spec.matchConstraints.namespaceSelector = { matchLabels: { guarded: 'yes' } }; })],
    ['of some objects', false, binding(spec => { spec.matchResources = { objectSelector: { matchLabels: { guarded: 'yes' } } }; })],
    ['of some names', false, policy(spec => { spec.matchConstraints.resourceRules[0].resourceNames = ['a']; })],
    ['of some versions', false, policy(spec => { spec.matchConstraints.matchPolicy = 'Exact'; spec.matchConstraints.resourceRules[0].apiVersions = ['v1']; })],
    ['with exceptions', false, policy(spec => { spec.matchConstraints.excludeResourceRules = [{ apiGroups: ['*'], operations: ['*'], resources: ['*'] }]; })],
  ])('%s is to be compared', (_, isForAll, now) => {
    const found = compared(DENYING, now);

    expect([tenants(found, 'APPEARED'), opens(found)]).toMatchObject([[{ opening: { why: expect.stringContaining('decides otherwise than before') as string } }], true]);
    expect(reportOf(viewWith(now)).dependencies.flatMap(({ openings }) => openings.map(openingText)).join().includes('no ValidatingAdmissionPolicy in the input is sure to')).toBe(!isForAll);
  });

  test('with another message is the same', () => {
    expect(compared(DENYING, policy(spec => { spec.validations[0].message = 'no'; })).openings).toEqual([]);
  });
});

test('a guard for every resource and operation is one as well', () => {
  const rules = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }];
  const [policy, binding] = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'].map((kind, i) => JSON.stringify({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'all' },
    spec: [{ matchConstraints: { resourceRules: rules }, validations: [{ expression: 'false' }] }, { policyName: 'all', validationActions: ['Deny', 'Audit'] }][i],
  }));
  const tenant = (more: readonly string[]) => openingText(reportOf(viewOf([...routed(['shop/cart']), ...more])).dependencies[0].openings.find(({ kind }) => kind === 'TENANT')!);

  expect(tenant([policy, binding])).toContain('as far as the ValidatingAdmissionPolicies in the input let them');
  expect(tenant([policy])).toContain('whoever may write Gateways, VirtualServices or ServiceEntries, in any namespace');
  expect(tenant([policy])).toContain('no ValidatingAdmissionPolicy in the input is sure to');
});

test('a guard that warns only refuses nothing, and one of two guards that goes is missed', () => {
  const second = written().map(manifest => (manifest.metadata.name.startsWith(NAME)
    ? { ...manifest, metadata: { ...manifest.metadata, name: `b.${manifest.metadata.name}` }, spec: { ...manifest.spec, policyName: `b.${manifest.metadata.name}` } } : manifest))
    .filter(({ metadata }) => metadata.name.startsWith('b.'));

  expect(tenants(compared(DENYING, written(GuardMode.AUDIT)), 'APPEARED')).toHaveLength(3);
  expect(tenants(compared([...DENYING, ...second], DENYING), 'APPEARED')).toHaveLength(3);
});

test('a guard is missed where the input has nothing else', () => {
  const guard = DENYING.filter(({ metadata }) => metadata.name.startsWith(NAME));
  const found = compared(guard, []);

  expect(opens(found)).toBe(true);
  expect(differenceAsMarkdown(found)).toContain('## Warning: who else could now\n\n- whatever is behind a gateway: whoever may write Gateways, in any namespace: '
    + `ValidatingAdmissionPolicy ${NAME}.gateways no longer refuses them anything`);
  expect(JSON.parse(differenceAsJson(found))).toMatchObject({ whoElse: [{ change: 'APPEARED', host: '*', kind: 'TENANT' }, {}, {}] });
});

test('who goes through a gateway from now on is no news of its tenants', () => {
  const direct = [object('ServiceEntry', 'db', { hosts: ['db.example.com'], exportTo: ['shop'], ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }], addresses: ['192.0.2.14'], resolution: 'NONE' })];

  expect(differenceOf(viewOf(direct), viewOf(routed(['shop/cart']))).openings).toEqual([]);
});

describe('a lock-down', () => {
  test('without its Sidecar lets sidecars pass everything', () => {
    const found = compared(DENYING, without(named('Sidecar', 'lockdown.shop.lockdown')));

    expect([found.outbound, found.network, opens(found)]).toMatchObject([[{ kind: 'OPENED', place: { namespace: 'shop' } }], [], true]);
  });

  test('without its NetworkPolicy lets pods connect to everything, though what is declared is what it was', () => {
    const open = without(named('NetworkPolicy', 'lockdown.shop.lockdown'));
    const found = compared(DENYING, open);

    expect([found.outbound, found.network, opens(found)]).toMatchObject([[], [{ kind: 'OPENED', place: { namespace: 'shop', labels: {} } }], true]);
    expect(differenceAsMarkdown(found)).toContain('**It opens access.**');
    expect(differenceAsMarkdown(found)).toContain('## Warning: whom NetworkPolicies no longer hold\n\nTheir pods connect to almost any address');
    expect(JSON.parse(differenceAsJson(found))).toMatchObject({ opens: true, network: [{ change: 'OPENED', namespace: 'shop' }] });
    expect([compared(open, DENYING).network, opens(compared(open, DENYING))]).toMatchObject([[{ kind: 'CLOSED', because: [{ object: 'NetworkPolicy shop/lockdown.shop.lockdown' }] }], false]);
  });

  test('that opens almost every address, or holds fewer pods, holds nobody', () => {
    const wide = changed('NetworkPolicy', 'lockdown.shop.lockdown', spec => { spec.egress.push({ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }); });
    const parts = [...Array(16).keys()].map(i => ({ to: [{ ipBlock: { cidr: `${i * 16}.0.0.0/4` } }] }));
    const whole = changed('NetworkPolicy', 'lockdown.shop.lockdown', spec => { spec.egress.push(...parts); });
    const narrow = changed('NetworkPolicy', 'lockdown.shop.lockdown', spec => { spec.podSelector = { matchLabels: { app: 'cart' } }; });
    const ingress = changed('NetworkPolicy', 'lockdown.shop.lockdown', spec => { spec.policyTypes = ['Ingress']; });

    for (const now of [wide, whole, narrow, ingress]) {
      expect(compared(DENYING, now).network).toMatchObject([{ kind: 'OPENED', place: { namespace: 'shop' } }]);
    }
    expect(compared(DENYING, DENYING).network).toEqual([]);
  });

  test('of some pods is theirs alone', () => {
    const policy = object('NetworkPolicy', 'shop/cart', { podSelector: { matchLabels: { app: 'cart' } }, policyTypes: ['Egress'], egress: [] });
    const pod = (app: string) => object('Pod', `shop/${app}`, { serviceAccountName: app, containers: [] }, { labels: { app } });

    expect(differenceOf(viewOf([policy, pod('cart'), pod('search')]), viewOf([pod('cart'), pod('search')])).network)
      .toMatchObject([{ kind: 'OPENED', place: { namespace: 'shop', labels: { app: 'cart' } } }]);
  });

  test('of pods that no workload of the input makes is missed, too', () => {
    const policy = object('NetworkPolicy', 'shop/cart', { podSelector: { matchLabels: { app: 'cart' } }, policyTypes: ['Egress'], egress: [] });
    const search = object('Pod', 'shop/search', { serviceAccountName: 'search', containers: [] }, { labels: { app: 'search' } });
    const [removed, added] = [differenceOf(viewOf([policy, search]), viewOf([search])), differenceOf(viewOf([search]), viewOf([policy, search]))];

    expect([removed.network, opens(removed)]).toMatchObject([[{ kind: 'OPENED', place: { namespace: 'shop', labels: { app: 'cart' } } }], true]);
    expect(added.network).toMatchObject([{ kind: 'CLOSED', place: { labels: { app: 'cart' } } }]);
  });

  test('is missed in a namespace of which the input has nothing else', () => {
    const lockdown = DENYING.filter(({ metadata }) => metadata.name === 'lockdown.shop.lockdown');
    const found = compared(lockdown, []);

    expect([found.outbound, found.network]).toMatchObject([[{ kind: 'OPENED', place: { namespace: 'shop' } }], [{ kind: 'OPENED', place: { namespace: 'shop' } }]]);
  });
});
