import * as fs from 'node:fs';
import * as path from 'node:path';
import { findingsIn, fixFor } from '../../src/findings/findings-in';
import { fieldText } from '../../src/view/fields';
import { MeshView } from '../../src/view/mesh-view';
import { CLOSED_MESH, objectsOf } from '../manifests';

const CORPUS = path.join(__dirname, '../../conformance/corpus');

/** What is said of a text of the corpus once something in it is replaced. */
function saidOf(id: string, file: string, ...replaced: readonly [from: string | RegExp, to: string][]): string[] {
  const text = replaced.reduce((before, [from, to]) => {
    const after = before.replace(from, to);
    expect([from, after === before]).toEqual([from, false]);
    return after;
  }, fs.readFileSync(path.join(CORPUS, file), 'utf8'));
  return findingsIn(new MeshView(CLOSED_MESH, objectsOf(text))).filter(({ rule }) => rule.id === id)
    .map(({ object, field, message, fix }) => `${object.kind} ${fieldText(field ?? [])}: ${message}; ${fixFor('yaml', fix)}`);
}

describe('a slip in the namespace of the gateway', () => {
  const SLIP: [RegExp, string] = [/istio-egressgateway\.istio-system/g, 'istio-egressgateway.istio-sytem'];

  test('is to be corrected where it stands, and not to be exported to', () => {
    expect(saidOf('MX0309', 'recipes/proven-9-own-namespace.yaml', SLIP)).toEqual([
      'VirtualService spec.tcp[0].route[0].destination.host: \'destination.host\' "istio-egressgateway.istio-sytem.svc.cluster.local" has the gateway in namespace "istio-sytem", '
      + 'of which the input shows nothing, and what the gateway needs is not exported there: it ignores it; '
      + 'write "istio-system" for "istio-sytem", or, if that is its namespace, add it to \'exportTo\'',
    ]);
  });

  test('is told by what the route is exported to, where the input shows nothing of the other one either', () => {
    const [said] = saidOf('MX0309', 'recipes/proven-9-own-namespace.yaml', [/istio-egressgateway\.istio-system/g, 'istio-egressgateway.edg'], [/exportTo: \[istio-system\]/g, 'exportTo: [edge]'], [/istio-system/g, 'edge']);

    expect(said).toContain('write "edge" for "edg"');
  });

  test('is to be corrected where it is exported to', () => {
    const [said] = saidOf('MX0309', 'recipes/proven-9-own-namespace.yaml', [/( gateways: \[db\]\n {2}exportTo: )\[istio-system\]/, '$1[istio-sytem]']);

    expect(said).toContain('write "istio-system" for "istio-sytem" in \'exportTo\'');
  });

  test('has a name of which the input shows a Service', () => {
    expect(saidOf('MX0405', 'recipes/g-gateway-tcp-plaintext.yaml', SLIP)).toEqual([
      'VirtualService spec.tcp[0].route[0].destination.host: \'destination.host\' "istio-egressgateway.istio-sytem.svc.cluster.local" is neither a Service nor a ServiceEntry: '
      + 'connections to it fail; did you mean "istio-egressgateway.istio-system.svc.cluster.local"? If not, declare the host',
      'DestinationRule spec.host: \'host\' "istio-egressgateway.istio-sytem.svc.cluster.local" is neither a Service nor a ServiceEntry: the rule has no effect; '
      + 'did you mean "istio-egressgateway.istio-system.svc.cluster.local"? If not, declare the host',
    ]);
  });
});

describe('a DestinationRule that its own namespace does not see', () => {
  const saysOf = (exportTo: string) => saidOf('MX0403', 'recipes/g-gateway-tcp-mutual-tls.yaml', [/(kind: DestinationRule[^]*?spec:\n)/, `$1  exportTo: [${exportTo}]\n`]);
  const GATEWAY = 'istio-egressgateway.istio-system.svc.cluster.local';

  test('is to be exported to it, when the other one is that of the gateway', () => {
    expect(saysOf('istio-system')).toEqual([
      `DestinationRule spec.exportTo: 'exportTo' leaves out namespace "shop", where the rule is and where sidecars look for that of "${GATEWAY}": they connect without it; `
      + 'remove \'exportTo\', or write \'exportTo: ["."]\'',
    ]);
  });

  test('is to be written where the clients are, when the other one may be theirs', () => {
    expect(saysOf('web')).toEqual([
      `DestinationRule spec.exportTo: 'exportTo' gives the rule for "${GATEWAY}" to namespace "web", whose proxies look for it in their own namespace and in namespace "istio-system" only; `
      + 'write it in namespace "web"',
    ]);
  });

  test('is found no more once it is', () => {
    expect(saysOf('"."')).toEqual([]);
  });
});

describe('a server name that the other side does not have', () => {
  const PASSTHROUGH = 'recipes/e-gateway-passthrough.yaml';

  test('is to be corrected in the rule of the sidecars', () => {
    expect(saidOf('MX0311', PASSTHROUGH, ['sniHosts: [edition.cnn.com]', 'sniHosts: [edition.cnm.com]'])).toEqual([
      'VirtualService spec.tls[0].match[0].sniHosts: \'destination.host\' "istio-egressgateway.istio-system.svc.cluster.local" leads to port 443 of a gateway with the server name '
      + '"edition.cnm.com", which no Gateway serves there; write "edition.cnn.com" as \'sniHosts\', or a server with that host',
    ]);
  });

  test('is left to the rule that says that the gateway ignores the host', () => {
    const text: [RegExp, string] = [/gateways: \[mesh, istio-egressgateway\]([^]*?)( {4}- match:\n {8}- gateways: \[istio-egressgateway\])/, [
      'gateways: [mesh]$1', '---', 'apiVersion: networking.istio.io/v1', 'kind: VirtualService', 'metadata: {name: other, namespace: shop}', 'spec:', '  hosts: [edition.cnm.com]',
      '  gateways: [istio-egressgateway]', '  tls:', '$2',
    ].join('\n')];

    expect(saidOf('MX0311', PASSTHROUGH, text)).toEqual([]);
    expect(saidOf('MX0306', PASSTHROUGH, text)).toHaveLength(1);
  });
});

describe('a match for another gateway than its VirtualService', () => {
  const CLEAN = 'MX0411-match-of-other-gateway/clean.yaml';

  test.each<[string, string, string]>([
    ['is for the one of which it is a slip', 'gateways: [dbb]', 'write "shop/db"'],
    ['is for the one of that name in another namespace', 'gateways: [data/db]', 'write "shop/db"'],
    ['is for the sidecars in other letters', 'gateways: [Mesh]', 'write "mesh"'],
    ['is for one that is near to none', 'gateways: [other]', 'add "other" to \'spec.gateways\''],
  ])('%s', (_, written, fix) => {
    const [said] = saidOf('MX0411', CLEAN, [/( - )gateways: \[db\]/, `$1${written}`]);

    expect(said).toContain(`; ${fix}`);
  });
});

test('a port that is a slip of one that the host has is to be that one', () => {
  const [said] = saidOf('MX0407', 'MX0407-destination-port/fault.yaml', [/ {4}- number: 3306\n {6}name: .*\n {6}protocol: TCP\n/, '    - {number: 80, name: http, protocol: HTTP}\n    - {number: 3306, name: tcp, protocol: TCP}\n']);

  expect(said).toContain('which has 80, 3306; write one of its ports as \'port.number\', like 3306');
});
