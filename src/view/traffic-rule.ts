import { Fields, labelsOf, number, record, records, strings, text } from './fields';
import { MeshObject } from './mesh-object';
import { ExportDefaults, visibleTo } from './visibility';
import { MeshModel } from '../private/model';
import { fullServiceName } from '../private/names';

/** TLS that a proxy speaks with a destination, in Istio's words. */
export interface ClientTlsSettings {
  readonly mode: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL';
  readonly sni?: string;
  readonly subjectAltNames: readonly string[];
  readonly caCertificates?: string;
  readonly credentialName?: string;
  /** Whether it takes any certificate. */
  readonly insecureSkipVerify: boolean;
  /** Where it is in the DestinationRule. */
  readonly field: readonly (string | number)[];
}

/** A part of a destination with a policy of its own. */
export interface Subset {
  readonly name: string;
  readonly labels: { readonly [label: string]: string };
  readonly field: readonly (string | number)[];
}

/** A DestinationRule. */
export class TrafficRule {
  /** The full name. */
  public readonly host: string;
  public readonly visibleTo: readonly string[];
  public readonly subsets: readonly Subset[];
  private placeOf?: ReadonlyMap<string, number>;
  private tls?: readonly ClientTlsSettings[];
  /** The labels of the workloads that it is for; undefined for all of them. */
  public readonly workloadSelector?: { readonly [label: string]: string };

  public constructor(public readonly object: MeshObject, facts: Pick<MeshModel, 'clusterDomain'> & ExportDefaults) {
    const { spec } = object;
    this.host = fullServiceName(String(spec.host).toLowerCase(), object.namespace, facts.clusterDomain);
    this.visibleTo = visibleTo(object, facts);
    this.subsets = records(spec.subsets).map(({ name, labels }, i) => ({ name: String(name), labels: labelsOf(labels), field: ['spec', 'subsets', i] }));
    this.workloadSelector = spec.workloadSelector === undefined ? undefined : labelsOf(record(spec.workloadSelector).matchLabels);
  }

  /** The names of `exportTo`, as text that can be compared. */
  public get exported(): string {
    return [...strings(this.object.spec.exportTo)].sort().join(' ');
  }

  /** TLS towards a port of the destination: the subset's policy before the rule's, the port's before that of all ports. */
  public tlsOf(port: number, subset?: string): ClientTlsSettings | undefined {
    const { spec } = this.object;
    // Of two subsets of one name the first one holds.
    this.placeOf ??= new Map(this.subsets.map(({ name }, i) => [name, i] as const).reverse());
    const at = subset === undefined ? undefined : this.placeOf.get(subset);
    const ofSubset = at === undefined ? undefined : tlsIn(record(records(spec.subsets)[at].trafficPolicy), port, ['spec', 'subsets', at, 'trafficPolicy']);
    const settings = ofSubset ?? tlsIn(record(spec.trafficPolicy), port, ['spec', 'trafficPolicy']);
    return settings?.tls;
  }

  /** Every TLS setting that is written somewhere in it. */
  public get allTls(): readonly ClientTlsSettings[] {
    return this.tls ??= this.readTls();
  }

  private readTls(): ClientTlsSettings[] {
    const policies: [unknown, (string | number)[]][] = [
      [this.object.spec.trafficPolicy, ['spec', 'trafficPolicy']],
      ...records(this.object.spec.subsets).map(({ trafficPolicy }, i): [unknown, (string | number)[]] => [trafficPolicy, ['spec', 'subsets', i, 'trafficPolicy']]),
    ];
    return policies.flatMap(([policy, field]) => [
      tlsFrom(record(policy).tls, [...field, 'tls']),
      ...records(record(policy).portLevelSettings).map(({ tls }, i) => tlsFrom(tls, [...field, 'portLevelSettings', i, 'tls'])),
    ]).filter(tls => tls !== undefined);
  }
}

/** What a policy says of TLS towards a port; undefined where it says nothing, so that the one below counts. */
function tlsIn(policy: Fields, port: number, field: readonly (string | number)[]): { readonly tls?: ClientTlsSettings } | undefined {
  const ports = records(policy.portLevelSettings);
  const of = ports.findIndex(settings => number(record(settings.port).number) === port);
  // A port's settings replace those of all ports, and of the rule below, even where they say nothing of TLS.
  if (of >= 0) {
    return { tls: tlsFrom(ports[of].tls, [...field, 'portLevelSettings', of, 'tls']) };
  }
  return policy.tls === undefined ? undefined : { tls: tlsFrom(policy.tls, [...field, 'tls']) };
}

function tlsFrom(value: unknown, field: readonly (string | number)[]): ClientTlsSettings | undefined {
  if (value === undefined) {
    return undefined;
  }
  const tls = record(value);
  return {
    mode: (text(tls.mode) ?? 'DISABLE') as ClientTlsSettings['mode'],
    sni: text(tls.sni)?.toLowerCase(),
    subjectAltNames: strings(tls.subjectAltNames),
    caCertificates: text(tls.caCertificates),
    credentialName: text(tls.credentialName),
    insecureSkipVerify: tls.insecureSkipVerify === true,
    field,
  };
}

/** Whether istiod gives the TLS to gateways alone: it hands a Secret to no sidecar that a rule does not select. A ConfigMap has no secret in it, and everybody gets it. */
export function isForGatewaysAlone({ credentialName }: Pick<ClientTlsSettings, 'credentialName'>, { workloadSelector }: TrafficRule): boolean {
  return credentialName !== undefined && !credentialName.startsWith('configmap://') && workloadSelector === undefined;
}
