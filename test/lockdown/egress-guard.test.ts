import { App, Chart } from 'cdk8s';
import {
  DataPlane, EgressGateway, EgressGuard, EgressGuardProps, EgressViaGateway, ExternalMysql, ExternalTls, GuardMode, IngressRoute,
  MeshClient, Mesh, Resolution,
} from '../../src';
import { all, Manifest, manifestsOf, messageOf, only } from '../helpers';

const gateway = EgressGateway.istioEgressGateway();
const NAME = 'istio-egressgateway.istio-system.guard';

interface Apps {
  readonly app: App;
  readonly platform: Chart;
  chart(namespace: string): Chart;
  mysql(namespace: string, host?: string): ExternalMysql;
  routed(namespace: string, host?: string, through?: typeof gateway): ExternalMysql;
  guard(props?: Partial<EgressGuardProps>): EgressGuard;
}

function apps(): Apps {
  const app = new App();
  const platform = new Chart(app, 'platform', { namespace: 'platform' });
  let count = 0;
  let hosts = 0;
  const chart = (namespace: string) => new Chart(app, `chart-${count++}`, { namespace });
  const mysql = (namespace: string, host = 'mysqldb.example.com') => {
    const created = new ExternalMysql(chart(namespace), 'Mysql', { host, resolution: Resolution.ipAddresses(`192.0.2.${++hosts}`) });
    return created;
  };
  const routed = (namespace: string, host?: string, through = gateway) => {
    const created = mysql(namespace, host);
    created.allowFrom(MeshClient.serviceAccount(namespace, 'cart'));
    new EgressViaGateway(Chart.of(created), 'Egress', { gateway: through }).route(created);
    return created;
  };
  return { app, platform, chart, mysql, routed, guard: props => new EgressGuard(platform, 'Guard', { gateway, ...props }) };
}

const policy = (manifests: readonly Manifest[], resource: string) => only(manifests, 'ValidatingAdmissionPolicy', `${NAME}.${resource}`).spec;
const variable = (manifests: readonly Manifest[], resource: string, name: string): string => policy(manifests, resource).variables
  .find((found: { name: string }) => found.name === name).expression;

test('the namespaces that a deployed gateway is for are those of its guard', () => {
  const app = new App();
  const chart = new Chart(app, 'edge', { namespace: 'edge' });
  const out = new EgressGateway(chart, 'Out', { namespaces: ['data'] });

  expect(new EgressGuard(chart, 'Guard', { gateway: out }).describe().namespaces).toEqual(['data', 'edge']);
  expect(() => app.synthYaml()).not.toThrow();
});

test('the same gateway by other labels of its pods is no other gateway, whose pods anybody may bind to', () => {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  new EgressGuard(chart, 'Guard', { gateway: EgressGateway.istioEgressGateway() });
  const described = EgressGateway.fromAttributes({ serviceName: 'istio-egressgateway', namespaceName: 'istio-system', selector: { app: 'istio-egressgateway' } });
  const mysql = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.dns() });
  new EgressViaGateway(chart, 'Egress', { gateway: described }).route(mysql);
  mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
  const gateways = only(manifestsOf(app), 'ValidatingAdmissionPolicy', 'istio-egressgateway.istio-system.guard.gateways');

  expect(gateways.spec.variables.find(({ name }: { name: string }) => name === 'others').expression).toBe('[]');
});

test('neither destinations nor addresses of others pass', () => {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  new EgressGuard(chart, 'Guard', { gateway: EgressGateway.istioEgressGateway(), namespaces: ['data'] });
  const messagesOf = (resource: string) => only(manifestsOf(app), 'ValidatingAdmissionPolicy', `istio-egressgateway.istio-system.guard.${resource}`).spec.validations
    .map(({ message }: { message: string }) => message);

  expect(messagesOf('virtualservices')).toContain('a destination is the server name of another namespace');
  expect(messagesOf('serviceentries')).toContain('this namespace may not show addresses or TCP ports to other namespaces');
});

describe('by default', () => {
  const manifests = () => {
    const { app, routed, guard } = apps();
    routed('data');
    guard();
    return manifestsOf(app);
  };

  test('what is not allowed is refused, and so is what cannot be decided', () => {
    expect(all(manifests(), 'ValidatingAdmissionPolicyBinding').map(({ spec }) => spec.validationActions)).toEqual([['Deny'], ['Deny'], ['Deny']]);
    expect(all(manifests(), 'ValidatingAdmissionPolicy').map(({ spec }) => spec.failurePolicy)).toEqual(['Fail', 'Fail', 'Fail']);
  });

  test('it decides about every version, in every namespace, on creation and on change', () => {
    for (const resource of ['gateways', 'virtualservices', 'serviceentries']) {
      expect(policy(manifests(), resource).matchConstraints).toEqual({
        resourceRules: [{ apiGroups: ['networking.istio.io'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: [resource] }],
        matchPolicy: 'Equivalent',
      });
    }
    expect(all(manifests(), 'ValidatingAdmissionPolicyBinding').map(({ spec }) => spec.matchResources)).toEqual([undefined, undefined, undefined]);
  });

  test('nobody may use the gateway but its own namespace and those whose services are routed through it', () => {
    expect(JSON.parse(variable(manifests(), 'gateways', 'namespaces'))).toEqual(['data', 'istio-system']);
  });

  test('a routed host belongs to the namespace that declares it', () => {
    expect(JSON.parse(variable(manifests(), 'serviceentries', 'owners'))).toEqual({ 'mysqldb.example.com': ['data'] });
  });
});

test('each policy has a binding of its name, and all stand outside of every namespace', () => {
  const { app, routed, guard } = apps();
  routed('data');
  guard();
  const manifests = manifestsOf(app);

  expect(all(manifests, 'ValidatingAdmissionPolicy').map(({ metadata }) => metadata)).toEqual(
    ['gateways', 'virtualservices', 'serviceentries'].map(resource => ({ name: `${NAME}.${resource}` })));
  expect(all(manifests, 'ValidatingAdmissionPolicyBinding').map(({ metadata, spec }) => [metadata, spec.policyName])).toEqual(
    ['gateways', 'virtualservices', 'serviceentries'].map(resource => [{ name: `${NAME}.${resource}` }, `${NAME}.${resource}`]));
});

test('in audit mode an object is accepted, with a warning', () => {
  const { app, guard } = apps();
  guard({ namespaces: ['shop'], mode: GuardMode.AUDIT });

  expect(all(manifestsOf(app), 'ValidatingAdmissionPolicyBinding').map(({ spec }) => spec.validationActions))
    .toEqual([['Warn', 'Audit'], ['Warn', 'Audit'], ['Warn', 'Audit']]);
});

test('the order of calls does not show', () => {
  const before = apps();
  before.guard({ namespaces: ['shop', 'apps'] });
  before.routed('data');
  const after = apps();
  after.routed('data');
  after.guard({ namespaces: ['apps', 'shop'] });
  const policies = ({ app }: Apps) => all(manifestsOf(app), 'ValidatingAdmissionPolicy');

  expect(policies(before)).toEqual(policies(after));
});

describe('the namespaces that may use the gateway', () => {
  test('are those of other apps as well', () => {
    const { guard, routed } = apps();
    routed('data');

    expect(guard({ namespaces: ['shop'] }).describe().namespaces).toEqual(['data', 'istio-system', 'shop']);
  });

  test('are not those of direct services, nor of services behind another gateway', () => {
    const other = EgressGateway.fromAttributes({ serviceName: 'other', namespaceName: 'edge', selector: { app: 'other' } });
    const { guard, mysql, routed } = apps();
    mysql('direct', 'direct.example.com');
    routed('elsewhere', 'elsewhere.example.com', other);
    routed('data');

    expect(guard().describe()).toEqual({ namespaces: ['data', 'istio-system'], hosts: [{ host: 'mysqldb.example.com', namespaces: ['data'] }] });
  });

  test('of a gateway that the app deploys are known by its labels', () => {
    const { app, chart, guard, routed } = apps();
    const own = new EgressGateway(chart('egress'), 'Egress');
    routed('data', undefined, own);
    guard({ gateway: own });
    const spec = only(manifestsOf(app), 'ValidatingAdmissionPolicy', 'egress.egress.guard.gateways').spec;

    expect(JSON.parse(spec.variables.find(({ name }: { name: string }) => name === 'labels').expression)).toEqual(own.selector);
    expect(JSON.parse(spec.variables.find(({ name }: { name: string }) => name === 'namespaces').expression)).toEqual(['data', 'egress']);
  });

  test('are those of services behind the same pods, by whichever Service', () => {
    const alias = EgressGateway.fromAttributes({ serviceName: 'alias', namespaceName: 'istio-system', selector: { istio: 'egressgateway' } });
    const { guard, routed } = apps();
    routed('data', undefined, alias);

    expect(guard().describe().namespaces).toEqual(['data', 'istio-system']);
  });

  test('of another gateway in the same namespace may export their upstreams there, and write no Gateway', () => {
    const second = EgressGateway.fromAttributes({ serviceName: 'second', namespaceName: 'istio-system', selector: { istio: 'second' } });
    const { app, guard, platform, routed } = apps();
    routed('data');
    routed('shop', 'orders.example.com', second);
    guard();
    new EgressGuard(platform, 'Second', { gateway: second, namespaces: ['apps'] });
    const manifests = manifestsOf(app);

    expect(JSON.parse(variable(manifests, 'serviceentries', 'exporters'))).toEqual(['apps', 'data', 'istio-system', 'shop']);
    expect(JSON.parse(variable(manifests, 'gateways', 'namespaces'))).toEqual(['data', 'istio-system']);
  });

  test('of a direct service that is seen in the gateway\'s namespace may export it there, and write no Gateway', () => {
    const { app, guard, mysql, routed } = apps();
    routed('data');
    mysql('tools', 'tools.example.com').allowFrom(MeshClient.allIn('tools'), MeshClient.allIn('istio-system'));
    guard();
    const manifests = manifestsOf(app);

    expect(JSON.parse(variable(manifests, 'serviceentries', 'exporters'))).toEqual(['data', 'istio-system', 'tools']);
    expect(JSON.parse(variable(manifests, 'gateways', 'namespaces'))).toEqual(['data', 'istio-system']);
  });
});

describe('a host', () => {
  test('of two namespaces of the app belongs to both, routed or not', () => {
    const { guard, mysql, routed } = apps();
    routed('data');
    routed('shop');
    mysql('tools');

    expect(guard().describe().hosts).toEqual([{ host: 'mysqldb.example.com', namespaces: ['data', 'shop', 'tools'] }]);
  });

  test('of another app belongs to whom the guard says', () => {
    const { guard } = apps();

    expect(guard({ namespaces: ['shop'], hosts: [{ host: 'orders.example.com', namespaces: ['shop', 'apps'] }] }).describe().hosts)
      .toEqual([{ host: 'orders.example.com', namespaces: ['apps', 'shop'] }]);
  });

  test('that a direct wildcard of the app covers leaves the wildcard to its namespace', () => {
    const { app, chart, guard, routed } = apps();
    routed('data');
    new ExternalTls(chart('tools'), 'All', { host: '*.example.com', resolution: Resolution.none() });
    new ExternalTls(chart('other'), 'Other', { host: '*.example.org', resolution: Resolution.none() });
    guard();

    expect(JSON.parse(variable(manifestsOf(app), 'serviceentries', 'exceptions'))).toEqual({ '*.example.com': ['tools'] });
  });
});

describe('a Gateway of another gateway of the app', () => {
  const othersOf = ({ app }: Apps) => variable(manifestsOf(app), 'gateways', 'others');

  test('does not bind, although the gateways have no label in common', () => {
    const built = apps();
    built.routed('data');
    built.routed('shop', 'orders.example.com', EgressGateway.fromAttributes({ serviceName: 'other', namespaceName: 'edge', selector: { app: 'other' } }));
    new IngressRoute(built.chart('web'), 'Site', { hosts: ['www.example.com'], service: 'page', servicePort: 80, selector: { edge: 'in' } });
    built.guard();

    expect(othersOf(built)).toBe('[{"app": "other"}, {"edge": "in"}]');
  });

  test('binds when its labels are those of the guarded one', () => {
    const built = apps();
    built.routed('data');
    new IngressRoute(built.chart('web'), 'Site', { hosts: ['www.example.com'], service: 'page', servicePort: 80, selector: { istio: 'egressgateway' } });
    built.guard();

    expect(othersOf(built)).toBe('[]');
  });
});

test('a message says what to write instead, with the labels of the gateway', () => {
  const { app, guard } = apps();
  guard({ namespaces: ['shop'] });

  expect(policy(manifestsOf(app), 'gateways').validations[0].messageExpression)
    .toContain('name other pods in \'spec.selector\', with another value of \'istio\' than \'egressgateway\'');
});

describe('refused is', () => {
  test.each<[string, Partial<EgressGuardProps>, string]>([
    ['something that is no gateway', { gateway: 'egress' as never }, '\'gateway\' must be EgressGateway.istioEgressGateway()'],
    ['a namespace that is none', { namespaces: ['Shop'] }, '\'namespaces[0]\' must be a DNS label'],
    ['a namespace twice', { namespaces: ['shop', 'shop'] }, '\'namespaces\' has "shop" twice'],
    ['a host that is none', { hosts: [{ host: '192.0.2.1', namespaces: ['shop'] }] }, '\'hosts[0].host\' must be a DNS name, got the address "192.0.2.1"'],
    ['a host twice', { hosts: ['a', 'b'].map(namespace => ({ host: 'db.example.com', namespaces: [namespace] })) }, '\'hosts\' has "db.example.com" twice'],
    ['a host without owners', { hosts: [{ host: 'db.example.com', namespaces: [] }] }, '\'hosts[0].namespaces\' must not be empty'],
    ['an owner that is no namespace', { hosts: [{ host: 'db.example.com', namespaces: ['*'] }] }, '\'hosts[0].namespaces[0]\' must be a DNS label'],
    ['an owner as a map', { hosts: { 'db.example.com': 'shop' } as never }, '\'hosts\' must be a list like [{ host: "db.example.com", namespaces: ["shop"] }]'],
    ['a mode that GuardMode does not have, from JavaScript', { mode: (GuardMode as never as { [name: string]: GuardMode }).WARN }, '\'mode\' must be one of "DENY", "AUDIT", got undefined'],
    ['a mode that there is not', { mode: 'OFF' as never }, '\'mode\' must be one of "DENY", "AUDIT", got "OFF"'],
    ['an unknown property', { namespace: 'shop' } as never, '\'namespace\' is not a property of EgressGuard'],
  ])('%s', (_, props, message) => {
    expect(messageOf(() => apps().guard(props))).toContain(`[platform/Guard] ${message}`);
  });

  test('a guard without its gateway', () => {
    expect(messageOf(() => new EgressGuard(apps().platform, 'Guard', {} as never))).toBe('[platform/Guard] \'gateway\' is missing, which EgressGuard needs');
  });

  test('a second guard of one gateway, whose policies would have the same names', () => {
    const { guard, platform } = apps();
    guard({ namespaces: ['shop'] });

    expect(messageOf(() => new EgressGuard(platform, 'Second', { gateway: EgressGateway.istioEgressGateway(), namespaces: ['data'] })))
      .toBe('[platform/Second] gateway "istio-egressgateway.istio-system" is guarded by \'platform/Guard\' already: give that one all the \'namespaces\' and \'hosts\'');
  });

  test('an ambient mesh', () => {
    const { app, guard } = apps();
    Mesh.declare(app, { dataPlane: DataPlane.AMBIENT });

    expect(messageOf(() => guard({ namespaces: ['shop'] }))).toContain('[platform/Guard] has no effect in an ambient mesh');
  });

  test('a guard that lets nobody use the gateway', () => {
    const { app, guard, mysql } = apps();
    mysql('data');
    guard();

    expect(messageOf(() => app.synthYaml())).toContain('[platform/Guard] lets no namespace use the gateway: route a service through it with an EgressViaGateway, '
      + 'or give the \'namespaces\'');
  });

  test('an owner that locks out a namespace of the app', () => {
    const { app, guard, routed } = apps();
    guard({ hosts: [{ host: 'mysqldb.example.com', namespaces: ['shop'] }] });
    routed('data');

    expect(messageOf(() => app.synthYaml())).toContain('[platform/Guard] \'hosts\' gives "mysqldb.example.com" to "shop", and \'chart-0/Mysql\' declares it in '
      + 'namespace "data": add that namespace');
  });

  test('a list of guards of something that is no construct', () => {
    expect(messageOf(() => EgressGuard.allIn('app' as never))).toContain('EgressGuard.allIn() needs the app, a chart or a construct in it');
  });
});

test('two gateways have a guard each, with names of their own', () => {
  const { app, guard, platform } = apps();
  const other = EgressGateway.fromAttributes({ serviceName: 'istio', namespaceName: 'egressgateway', selector: { app: 'other' } });
  const guards = [guard({ namespaces: ['shop'] }), new EgressGuard(platform, 'Other', { gateway: other, namespaces: ['shop'] })];
  const names = all(manifestsOf(app), 'ValidatingAdmissionPolicy').map(({ metadata }) => metadata.name);

  expect(EgressGuard.allIn(app)).toEqual(guards);
  expect(new Set(names).size).toBe(6);
});
