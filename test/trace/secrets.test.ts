import { causesAt, entry, GATEWAY, hopAt, object, traced, viewOf } from './helpers';
import { answerOf, isOpen, outcomeOf } from '../../src/report/answer';
import { Trace } from '../../src/trace/trace';

const API = 'api.example.com';
const HTTP = { ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 443 }] };
const secret = (name: string) => object('Secret', name, {}).replace('networking.istio.io/v1', 'v1');

/** Requests go through a gateway that ends TLS with a certificate of its own, and shows the server one. */
const WAY = [
  object('Service', 'istio-system/istio-egressgateway', { selector: { istio: 'egressgateway' }, ports: [{ name: 'https', port: 443, targetPort: 8443 }] }),
  entry(API, 80, 'HTTP', HTTP),
  object('Gateway', 'out', {
    selector: { istio: 'egressgateway' }, servers: [{ port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: [API], tls: { mode: 'SIMPLE', credentialName: 'server' } }],
  }),
  object('DestinationRule', 'leg', { host: GATEWAY, trafficPolicy: { tls: { mode: 'SIMPLE', sni: API } } }),
  object('VirtualService', 'api', {
    hosts: [API],
    gateways: ['mesh', 'out'],
    http: [
      { match: [{ gateways: ['mesh'] }], route: [{ destination: { host: GATEWAY, port: { number: 443 } } }] },
      { match: [{ gateways: ['out'] }], route: [{ destination: { host: API, port: { number: 80 } } }] },
    ],
  }),
  object('DestinationRule', 'istio-system/origination', { host: API, trafficPolicy: { tls: { mode: 'MUTUAL', credentialName: 'client', sni: API } } }),
];
const endOf = (...secrets: string[]) => traced([...WAY, ...secrets.map(secret)], 'cart', `${API}:80`);

describe('a Secret that a proxy reads', () => {
  test('is there, or nobody knows, which is said', () => {
    expect(endOf('istio-system/server', 'istio-system/client').end).toMatchObject({ kind: 'REACHES', lacking: undefined, seen: undefined });
    expect(hopAt(endOf('istio-system/server', 'istio-system/client'), 'upstream').notes).toEqual([]);
    expect(endOf().end).toMatchObject({ kind: 'REACHES', lacking: undefined });
    expect(hopAt(endOf(), 'upstream').notes).toEqual(['it needs the Secret "client" in namespace "istio-system", of which the input has no Secrets']);
  });

  test('in another namespace gives a server of the gateway no certificate', () => {
    const found = endOf('shop/server', 'istio-system/client');

    expect(found.end).toMatchObject({
      lacking: 'the gateway has no certificate for it: it reads the Secret "server" in namespace "istio-system", and it is in "shop"', seen: '503 (UC, connection termination)',
    });
    expect(causesAt(found, 'gateway')).toEqual(expect.arrayContaining(['Gateway shop/out spec.servers[0].tls.credentialName', 'Secret shop/server ']));
  });

  test('in another namespace, or missing among others, gives the gateway none for the server', () => {
    expect(endOf('istio-system/server', 'shop/client').end).toMatchObject({
      lacking: 'the gateway makes no connection: it reads the Secret "client" in namespace "istio-system", and it is in "shop"', seen: '503 (UF, Secret is not supplied by SDS)',
    });
    expect(endOf('istio-system/server').end.lacking).toBe('the gateway makes no connection: namespace "istio-system" has no Secret "client"');
    expect(causesAt(endOf('istio-system/server'), 'upstream')).toContain('DestinationRule istio-system/origination spec.trafficPolicy.tls.credentialName');
  });

  test('ends what explain follows, and not what a report counts: the cluster may have it all the same', () => {
    const answered = (found: Trace) => answerOf(viewOf(WAY), found);

    expect(outcomeOf(answered(endOf('shop/server', 'istio-system/client')))).toBe('REFUSED');
    expect(isOpen(answered(endOf('shop/server', 'istio-system/client')))).toBe(true);
    expect(answered(endOf('shop/server', 'istio-system/client')).why)
      .toContain('the gateway has no certificate for it: it reads the Secret "server" in namespace "istio-system", and it is in "shop"');
    expect(outcomeOf(answered(endOf('istio-system/server', 'istio-system/client')))).toBe('REACHES');
  });

  test('may be where a controller copies it', () => {
    const way = (text: string) => traced([...WAY, secret('istio-system/server'), text], 'cart', `${API}:80`).end.lacking;
    const named = (annotations: object) => JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'client', namespace: 'shop', annotations } });
    const made = (apiVersion: string, kind: string, spec: object) => JSON.stringify({ apiVersion, kind, metadata: { name: 'any', namespace: kind === 'Certificate' ? 'shop' : undefined }, spec });
    const copied = { 'reflector.v1.k8s.emberstack.com/reflection-allowed': 'true' };

    expect(way(named({}))).toContain('it reads the Secret "client"');
    expect(way(named(copied))).toBeUndefined();
    expect(way(made('cert-manager.io/v1', 'Certificate', { secretName: 'client', secretTemplate: { annotations: copied } }))).toBeUndefined();
    expect(way(made('external-secrets.io/v1', 'ClusterExternalSecret', { externalSecretSpec: { target: { name: 'client' } } }))).toBeUndefined();
    expect(way(made('kyverno.io/v1', 'ClusterPolicy', { rules: [{ generate: { kind: 'Secret', name: 'client' } }] }))).toBeUndefined();
  });

  test('is each of a list, and the one of an authority', () => {
    const way = (tls: object) => traced([...WAY.map(text => text.replace('"credentialName":"server"', JSON.stringify(tls).slice(1, -1))), secret('istio-system/client'), secret('shop/two')], 'cart', `${API}:80`);

    expect(way({ credentialNames: ['client', 'two'] }).end.lacking).toContain('it reads the Secret "two"');
    expect(way({ credentialName: 'client', caCertCredentialName: 'two' }).end.lacking).toContain('it reads the Secret "two"');
    expect(way({ credentialName: 'client' }).end.lacking).toBeUndefined();
  });

  test('is read by the sidecars that a rule selects, and a ConfigMap is none', () => {
    const direct = (credentialName: string, more = {}) => traced([
      entry(API, 80, 'HTTP', HTTP), object('DestinationRule', 'origination', { host: API, trafficPolicy: { tls: { mode: 'SIMPLE', credentialName } }, ...more }), secret('other/ca'), secret('shop/any'),
    ], 'cart', `${API}:80`, { labels: { app: 'cart' } }).end;

    expect(direct('ca', { workloadSelector: { matchLabels: { app: 'cart' } } }).lacking).toContain('the sidecar makes no connection: it reads the Secret "ca" in namespace "shop"');
    expect(direct('any', { workloadSelector: { matchLabels: { app: 'cart' } } }).lacking).toBeUndefined();
    expect(direct('configmap://ca').lacking).toBeUndefined();
  });
});
