import { labelsOf, number, record, records, text } from './fields';
import { MeshObject } from './mesh-object';

/** A port of a Service. */
export interface ServicePort {
  readonly name?: string;
  readonly number: number;
  /** The port of the pods: a number, or the name of one. */
  readonly targetPort: number | string;
  /** The protocol that istiod takes it for, in lower case: by `appProtocol`, or the first word of its name; empty for neither. */
  readonly protocol: string;
}

/** A Service of the cluster. */
export class KubeService {
  /** The full name. */
  public readonly host: string;
  public readonly ports: readonly ServicePort[];
  public readonly selector: { readonly [label: string]: string };
  public readonly type: string;
  /** The name that it stands for, as proxies compare it; undefined for one of another type than ExternalName. */
  public readonly alias?: string;

  public constructor(public readonly object: MeshObject, clusterDomain: string) {
    const { spec } = object;
    this.host = `${object.name}.${object.namespace}.svc.${clusterDomain}`;
    this.selector = labelsOf(spec.selector);
    this.type = text(spec.type) ?? 'ClusterIP';
    this.alias = this.type === 'ExternalName' ? text(spec.externalName)?.replace(/\.$/, '').toLowerCase() : undefined;
    this.ports = records(spec.ports).map(port => ({
      name: text(port.name),
      number: number(port.port) ?? NaN,
      targetPort: typeof port.targetPort === 'string' ? port.targetPort : number(port.targetPort) ?? number(port.port) ?? NaN,
      protocol: String(record(port).appProtocol ?? (text(port.name) ?? '').split('-')[0]).toLowerCase(),
    }));
  }
}
