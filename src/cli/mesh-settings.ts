import * as fs from 'node:fs';
import { Arguments, Options, valueIn, valuesIn } from './arguments';
import { WrongUse } from './wrong-use';
import { DEFAULT_FACTS, factsOver } from '../private/default-facts';
import { Fail } from '../private/fail';
import { MeshModel } from '../private/model';
import { nearest } from '../private/nearest';
import { MeshConfig } from '../reading/mesh-config';
import { Problem } from '../reading/problem';
import { readYaml } from '../reading/yaml-value';
import { checkFact, checkFacts, FACTS, factsModel, MeshFacts } from '../values/mesh-facts';
import { Fields, record, records, strings, text } from '../view/fields';
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
  'dns-capture': { help: 'the sidecars answer DNS (ISTIO_META_DNS_CAPTURE)' },
};

/** Of files nothing is known but what Istio does when it is told nothing. */
const ISTIOS_DEFAULTS: MeshModel = { ...DEFAULT_FACTS, outboundTrafficPolicy: 'ALLOW_ANY' };

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

/** The facts of the mesh: what the arguments say, then the file of `--mesh`, then the ConfigMap of istiod in the input, then Istio's defaults. */
export function factsOf(said: MeshFacts, configs: readonly MeshConfig[], problems: Problem[]): MeshModel {
  const facts: MeshFacts = { ...configured(ofMesh(said, configs), problems), ...said };
  // Each of them was checked, and not yet what they are together.
  checkFacts(fail('the facts of the mesh: '), 'the mesh', facts);
  return factsOver(ISTIOS_DEFAULTS, factsModel(facts));
}

/** What the arguments say, and the file of `--mesh`, which may be a pipe: it is read once. */
export function saidBy(args: Arguments): MeshFacts {
  return { ...fromFile(valueIn(args, 'mesh')), ...fromArguments(args) };
}

/** The ConfigMaps that istiod may read: those of its own namespace. Anybody may write one of the name in another. */
function ofMesh({ rootNamespace, controlPlane }: MeshFacts, configs: readonly MeshConfig[]): MeshConfig[] {
  const places = ['istio-system', rootNamespace, controlPlane?.namespaceName];
  return configs.filter(({ object }) => places.includes(object.namespace));
}

/** The ConfigMaps with settings of a mesh that are not of this one. */
export function settingsElsewhere(said: MeshFacts, configs: readonly MeshConfig[]): string | undefined {
  const own = ofMesh(said, configs);
  const [first, ...more] = configs.filter(config => !own.includes(config)).map(({ object }) => object);
  return first && `ConfigMap ${first.name} (${first.origin.path}) is not in the namespace of istiod${more.length > 0 ? `, nor ${more.length === 1 ? 'is another' : `are ${more.length} others`}` : ''
  }: its settings of the mesh are not used. If istiod runs in ${first.namespace === '' ? 'its namespace' : `"${first.namespace}"`}, give --root-namespace`;
}

/** Settings of the mesh that change what is true, and that nothing here follows. */
export function unfollowedSettings(said: MeshFacts, configs: readonly MeshConfig[]): string | undefined {
  const config = ofMesh(said, configs).find(one => records(record(readYaml(one.text).value).discoverySelectors).length > 0);
  return config && `ConfigMap ${config.object.name} (${config.object.origin.path}) has 'discoverySelectors': Istio leaves out the objects of every namespace that none of them `
    + 'selects, and this does not';
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
    dnsCapture: args.all.has('dns-capture') ? true : undefined,
  };
  return checked(fail('the facts of the mesh: '), 'the mesh', facts);
}

function fromFile(file: string | undefined): MeshFacts {
  if (file === undefined) {
    return {};
  }
  const fails = fail(`--mesh ${file}: `);
  const facts = inIstiosWords(yamlIn(file, fails));
  const wrong = Array.isArray(facts) ? [] : Object.entries(record(facts)).flatMap(([name, value]) => wrongMember(name, value));
  if (wrong.length > 0) {
    fails(wrong.join(`\n--mesh ${file}: `));
  }
  return checked(fails, 'the mesh', facts);
}

/** What is wrong with a member, whatever the others are. */
function wrongMember(name: string, value: unknown): string[] {
  const meant = FACTS.includes(name) ? undefined : nearest(name, FACTS);
  if (meant !== undefined) {
    return [`'${name}' is not a property of the mesh: did you mean '${meant}'?`];
  }
  try {
    checkFact(fail(''), 'the mesh', name, value);
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

/** What istiod itself reads. */
function configured(configs: readonly MeshConfig[], problems: Problem[]): MeshFacts {
  // Those of revisions stand beside the one that has no name of its own.
  const [first, ...others] = configs.some(({ object }) => object.name === 'istio') ? configs.filter(({ object }) => object.name === 'istio') : configs;
  if (first === undefined) {
    return {};
  }
  others.filter(other => other.text !== first.text).forEach(({ object }) => problems.push({
    file: object.origin.file ?? '',
    line: object.origin.line,
    message: `this ConfigMap has settings of a mesh, and '${first.object.origin.path}' has others, which are used: say the facts with --mesh`,
  }));
  try {
    const config = record(readYaml(first.text).value);
    return checked(fail(''), 'the mesh', factsIn(config));
  } catch (error) {
    const { file = '', line } = first.object.origin;
    problems.push({ file, line, message: `'data.mesh' of the ConfigMap "${first.object.name}" is not used: ${(error as Error).message}` });
    return {};
  }
}

function factsIn(config: Fields): object {
  const metadata = record(record(config.defaultConfig).proxyMetadata);
  return {
    outboundTrafficPolicy: text(record(config.outboundTrafficPolicy).mode),
    trustDomain: text(config.trustDomain) || undefined,
    trustDomainAliases: listIn(config.trustDomainAliases),
    rootNamespace: text(config.rootNamespace) || undefined,
    defaultServiceExportTo: listIn(config.defaultServiceExportTo),
    defaultVirtualServiceExportTo: listIn(config.defaultVirtualServiceExportTo),
    defaultDestinationRuleExportTo: listIn(config.defaultDestinationRuleExportTo),
    dnsCapture: metadata.ISTIO_META_DNS_CAPTURE === undefined ? undefined : String(metadata.ISTIO_META_DNS_CAPTURE) === 'true',
  };
}

function listIn(value: unknown): string[] | undefined {
  const found = strings(value);
  return found.length > 0 ? found : undefined;
}

/** Without what is not there, which would hide what another says. */
function checked(fails: Fail, what: string, facts: unknown): MeshFacts {
  checkFacts(fails, what, facts);
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function fail(before: string): Fail {
  return message => {
    throw new WrongUse(before + message);
  };
}
