import { MeshObject } from '../../src/view/mesh-object';
import { TrafficRule } from '../../src/view/traffic-rule';

const SIMPLE = { tls: { mode: 'SIMPLE' } };
const MUTUAL = { tls: { mode: 'ISTIO_MUTUAL' } };
const onPort = (settings: object) => ({ portLevelSettings: [{ port: { number: 443 }, ...settings }] });

function modeOf(spec: object, port: number, subset?: string): string | undefined {
  const object: MeshObject = {
    group: 'networking.istio.io',
    kind: 'DestinationRule',
    name: 'db',
    namespace: 'shop',
    labels: {},
    annotations: {},
    origin: { path: 'shop/Db' },
    spec: { host: 'db.example.com', ...spec },
  };
  return new TrafficRule(object, { clusterDomain: 'cluster.local' }).tlsOf(port, subset)?.mode;
}

test.each<[what: string, spec: object, port: number, subset: string | undefined, mode: string | undefined]>([
  ['that of all ports', { trafficPolicy: SIMPLE }, 443, undefined, 'SIMPLE'],
  ['that of the port before that of all ports', { trafficPolicy: { ...SIMPLE, ...onPort(MUTUAL) } }, 443, undefined, 'ISTIO_MUTUAL'],
  ['none where the port has settings without it', { trafficPolicy: { ...SIMPLE, ...onPort({ connectionPool: {} }) } }, 443, undefined, undefined],
  ['that of all ports on another port', { trafficPolicy: { ...SIMPLE, ...onPort(MUTUAL) } }, 80, undefined, 'SIMPLE'],
  ['that of the subset before that of the rule', { trafficPolicy: SIMPLE, subsets: [{ name: 'a', trafficPolicy: MUTUAL }] }, 443, 'a', 'ISTIO_MUTUAL'],
  ['that of the rule for a subset that says nothing of it', { trafficPolicy: SIMPLE, subsets: [{ name: 'a', trafficPolicy: { connectionPool: {} } }] }, 443, 'a', 'SIMPLE'],
  ['that of the rule for a subset without a policy', { trafficPolicy: SIMPLE, subsets: [{ name: 'a' }] }, 443, 'a', 'SIMPLE'],
  ['none for a subset whose port has settings without it', { trafficPolicy: SIMPLE, subsets: [{ name: 'a', trafficPolicy: onPort({}) }] }, 443, 'a', undefined],
])('TLS towards a destination is %s', (_, spec, port, subset, mode) => {
  expect(modeOf(spec, port, subset)).toBe(mode);
});
