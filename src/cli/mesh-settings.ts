import * as fs from 'node:fs';
import { Arguments, Options, valueIn, valuesIn } from './arguments';
import { checkedFacts, ofMesh, wrongFacts } from './facts-of-mesh';
import { WrongUse } from './wrong-use';
import { Fail } from '../private/fail';
import { nearest } from '../private/nearest';
import { MeshConfig } from '../reading/mesh-config';
import { readYaml } from '../reading/yaml-value';
import { checkFact, FACTS, MeshFacts } from '../values/mesh-facts';
import { record } from '../view/fields';
import { MeshObject } from '../view/mesh-object';

/** How somebody says what the manifests do not. */
export const MESH_OPTIONS: Options = {
  'mesh': { value: 'FILE', help: 'facts of the mesh, as YAML: outboundTrafficPolicy, trustDomain, dnsCapture, ...' },
  'outbound-traffic-policy': { value: 'MODE', oneOf: ['ALLOW_ANY', 'REGISTRY_ONLY'], help: 'meshConfig.outboundTrafficPolicy.mode (default: ALLOW_ANY, as Istio)' },
  'trust-domain': { value: 'NAME', help: 'meshConfig.trustDomain (default: cluster.local)' },
  'trust-domain-alias': { value: 'NAME', isList: true, help: 'one of meshConfig.trustDomainAliases' },
  'root-namespace': { value: 'NAME', help: 'meshConfig.rootNamespace (default: istio-system)' },
  'cluster-domain': { value: 'NAME', help: 'the DNS domain of the cluster (default: cluster.local)' },
  'data-plane': { value: 'KIND', oneOf: ['sidecar', 'ambient'], help: 'what carries the traffic (default: sidecar)' },
  'istio-version': { value: 'VERSION', help: 'the minor version of Istio that the mesh runs, from 1.22, such as 1.24 (default: the newest that is known)' },
  'dns-capture': { help: 'the sidecars answer DNS (ISTIO_META_DNS_CAPTURE)' },
};

/**
 * What says in the place of Istio's ConfigMap how the mesh is, and is not read: the settings of a profile would be missing. Undefined when somebody says the
 * facts, or the ConfigMap is there.
 */
export function unreadSettings(args: Arguments, said: MeshFacts, configs: readonly MeshConfig[], objects: readonly MeshObject[]): string | undefined {
  const isSaid = ofMesh(said, configs).length > 0 || Object.keys(MESH_OPTIONS).some(name => args.all.has(name));
  const found = isSaid ? undefined : objects.find(({ group, kind, spec }) => (
    group === 'install.istio.io' && kind === 'IstioOperator' && Object.keys(record(spec.meshConfig)).length > 0
      || group === 'sailoperator.io' && kind === 'Istio' && Object.keys(record(record(spec.values).meshConfig)).length > 0));
  return found && `${found.kind} ${found.name} (${found.origin.path}) has settings of the mesh, which are not read: give them with --mesh, or the ConfigMap "istio" of the cluster`;
}

/** What the arguments say, and the file of `--mesh`, which may be a pipe: it is read once. */
export function saidBy(args: Arguments): MeshFacts {
  return { ...fromFile(valueIn(args, 'mesh')), ...fromArguments(args) };
}

function fromArguments(args: Arguments): MeshFacts {
  const aliases = valuesIn(args, 'trust-domain-alias');
  const facts = {
    outboundTrafficPolicy: valueIn(args, 'outbound-traffic-policy'),
    trustDomain: valueIn(args, 'trust-domain'),
    trustDomainAliases: aliases.length > 0 ? aliases : undefined,
    rootNamespace: valueIn(args, 'root-namespace'),
    clusterDomain: valueIn(args, 'cluster-domain'),
    dataPlane: valueIn(args, 'data-plane'),
    istioVersion: valueIn(args, 'istio-version'),
    dnsCapture: args.all.has('dns-capture') ? true : undefined,
  };
  return checkedFacts(wrongFacts('the facts of the mesh: '), 'the mesh', facts);
}

function fromFile(file: string | undefined): MeshFacts {
  if (file === undefined) {
    return {};
  }
  const fails = wrongFacts(`--mesh ${file}: `);
  const facts = inIstiosWords(yamlIn(file, fails));
  const wrong = Array.isArray(facts) ? [] : Object.entries(record(facts)).flatMap(([name, value]) => wrongMember(name, value));
  if (wrong.length > 0) {
    fails(wrong.join(`\n--mesh ${file}: `));
  }
  return checkedFacts(fails, 'the mesh', facts);
}

/** What is wrong with a member, whatever the others are. */
function wrongMember(name: string, value: unknown): string[] {
  const meant = FACTS.includes(name) ? undefined : nearest(name, FACTS);
  if (meant !== undefined) {
    return [`'${name}' is not a property of the mesh: did you mean '${meant}'?`];
  }
  try {
    checkFact(wrongFacts(''), 'the mesh', name, value);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function yamlIn(file: string, fails: Fail): unknown {
  try {
    const { value, faults } = readYaml(fs.readFileSync(file, 'utf8'));
    faults.forEach(({ message }) => fails(message));
    return value ?? fails('there is nothing in it: leave --mesh out for the defaults of Istio');
  } catch (error) {
    return error instanceof WrongUse ? fails(error.message.replace(`--mesh ${file}: `, '')) : fails((error as NodeJS.ErrnoException).code === 'ENOENT'
      ? 'there is no such file' : (error as Error).message);
  }
}

/** `outboundTrafficPolicy` may be written as in meshConfig, where it has a `mode`. */
function inIstiosWords(value: unknown): unknown {
  const mode = record(record(value).outboundTrafficPolicy).mode;
  return mode === undefined ? value : { ...record(value), outboundTrafficPolicy: mode };
}
