import * as fs from 'node:fs';
import { Arguments, Options, valueIn, valuesIn } from './arguments';
import { WrongUse } from './wrong-use';
import { DEFAULT_FACTS } from '../private/default-facts';
import { Fail } from '../private/fail';
import { MeshModel } from '../private/model';
import { MeshConfig } from '../reading/mesh-config';
import { Problem } from '../reading/problem';
import { readYaml } from '../reading/yaml-value';
import { checkFacts, factsModel, MeshFacts } from '../values/mesh-facts';
import { Fields, record, strings, text } from '../view/fields';

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

/** The facts of the mesh: what the arguments say, then the file of `--mesh`, then Istio's ConfigMap in the input, then Istio's defaults. */
export function factsOf(args: Arguments, configs: readonly MeshConfig[], problems: Problem[]): MeshModel {
  const facts: MeshFacts = { ...configured(configs, problems), ...fromFile(valueIn(args, 'mesh')), ...fromArguments(args) };
  // Each of them was checked, and not yet what they are together.
  checkFacts(fail('the facts of the mesh: '), 'the mesh', facts);
  const given = Object.entries(factsModel(facts)).filter(([, value]) => value !== undefined);
  return { ...ISTIOS_DEFAULTS, ...Object.fromEntries(given) };
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
  return checked(fails, 'the mesh', inIstiosWords(yamlIn(file, fails)));
}

function yamlIn(file: string, fails: Fail): unknown {
  try {
    const { value, faults } = readYaml(fs.readFileSync(file, 'utf8'));
    faults.forEach(({ message }) => fails(message));
    return value ?? {};
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
  const aliases = strings(config.trustDomainAliases);
  return {
    outboundTrafficPolicy: text(record(config.outboundTrafficPolicy).mode),
    trustDomain: text(config.trustDomain) || undefined,
    trustDomainAliases: aliases.length > 0 ? aliases : undefined,
    rootNamespace: text(config.rootNamespace) || undefined,
    dnsCapture: metadata.ISTIO_META_DNS_CAPTURE === undefined ? undefined : String(metadata.ISTIO_META_DNS_CAPTURE) === 'true',
  };
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
