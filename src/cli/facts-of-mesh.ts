/** The facts of a mesh as its own settings say them: the ConfigMap of istiod. Without files or arguments, so that a browser can have it. */
import { WrongUse } from './wrong-use';
import { DEFAULT_FACTS, factsOver } from '../private/default-facts';
import { Fail } from '../private/fail';
import { isBefore } from '../private/istio-version';
import { MeshModel } from '../private/model';
import { NEWEST_ISTIO, OLDEST_ISTIO } from '../private/newer-fields';
import { MeshConfig } from '../reading/mesh-config';
import { Problem } from '../reading/problem';
import { readYaml } from '../reading/yaml-value';
import { checkFacts, factsModel, MeshFacts } from '../values/mesh-facts';
import { Fields, record, records, strings, text } from '../view/fields';

/** Of files nothing is known but what Istio does when it is told nothing. */
const ISTIOS_DEFAULTS: MeshModel = { ...DEFAULT_FACTS, outboundTrafficPolicy: 'ALLOW_ANY' };

/** The facts of the mesh: what somebody says, then the ConfigMap of istiod in the input, then Istio's defaults. */
export function factsOf(said: MeshFacts, configs: readonly MeshConfig[], problems: Problem[]): MeshModel {
  const facts: MeshFacts = { ...configured(ofMesh(said, configs), problems), ...said };
  // Each of them was checked, and not yet what they are together.
  checkFacts(wrongFacts('the facts of the mesh: '), 'the mesh', facts);
  return factsOver(ISTIOS_DEFAULTS, factsModel(facts));
}

/** The ConfigMaps that istiod may read: those of its own namespace. Anybody may write one of the name in another. */
export function ofMesh({ rootNamespace, controlPlane }: MeshFacts, configs: readonly MeshConfig[]): MeshConfig[] {
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

/** A version of Istio that came after this program. */
export function newerVersion({ istioVersion }: Pick<MeshModel, 'istioVersion'>): string | undefined {
  return isBefore(NEWEST_ISTIO, istioVersion) ? `Istio ${istioVersion} is newer than what this version of the program knows, ${OLDEST_ISTIO} to ${NEWEST_ISTIO}: it is judged as ${NEWEST_ISTIO}, `
    + 'and fields that are unknown are taken for new ones' : undefined;
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
    return checkedFacts(wrongFacts(''), 'the mesh', factsIn(config));
  } catch (error) {
    const { file = '', line } = first.object.origin;
    problems.push({ file, line, message: `'data.mesh' of the ConfigMap "${first.object.name}" is not used: ${(error as Error).message}` });
    return {};
  }
}

function factsIn(config: Fields): object {
  const metadata = record(record(config.defaultConfig).proxyMetadata);
  return {
    outboundTrafficPolicy: outboundIn(text(record(config.outboundTrafficPolicy).mode)),
    trustDomain: text(config.trustDomain) || undefined,
    trustDomainAliases: listIn(config.trustDomainAliases),
    rootNamespace: text(config.rootNamespace) || undefined,
    defaultServiceExportTo: listIn(config.defaultServiceExportTo),
    defaultVirtualServiceExportTo: listIn(config.defaultVirtualServiceExportTo),
    defaultDestinationRuleExportTo: listIn(config.defaultDestinationRuleExportTo),
    dnsCapture: metadata.ISTIO_META_DNS_CAPTURE === undefined ? undefined : String(metadata.ISTIO_META_DNS_CAPTURE) === 'true',
  };
}

/** Istio 1.32 has a third mode, which is as open as ALLOW_ANY: it asks DNS for the host of a request that nobody declares, and may add TLS. */
function outboundIn(mode: string | undefined): string | undefined {
  return mode === 'ALLOW_ANY_DYNAMIC_DNS' ? 'ALLOW_ANY' : mode;
}

function listIn(value: unknown): string[] | undefined {
  const found = strings(value);
  return found.length > 0 ? [...found] : undefined;
}

/** Without what is not there, which would hide what another says. */
export function checkedFacts(fails: Fail, what: string, facts: unknown): MeshFacts {
  checkFacts(fails, what, facts);
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** Wrong facts are a wrong use of the command. */
export function wrongFacts(before: string): Fail {
  return message => {
    throw new WrongUse(before + message);
  };
}
