import { labelsOf, number, record, records, strings, text } from './fields';
import { MeshObject } from './mesh-object';

/** A server of a Gateway on the pods that its selector matches. */
export interface GatewayServer {
  readonly object: MeshObject;
  /** The pods, as text that can be compared. */
  readonly workload: string;
  readonly port: number;
  readonly protocol: string;
  /** The one address that it listens on; undefined for every one. */
  readonly bind?: string;
  /** Without the `<namespace>/` in front. */
  readonly hosts: readonly string[];
  /** Whose VirtualServices may attach: a namespace, or `*`; in the order of `hosts`. */
  readonly routesFrom: readonly string[];
  /** In Istio's words; undefined for a server without TLS. */
  readonly tls?: {
    readonly mode: string;
    readonly subjectAltNames: readonly string[];
    readonly credentialName?: string;
    /** Whether it answers requests in plaintext with a redirect to HTTPS. */
    readonly httpsRedirect: boolean;
  };
  /** Where it is in the Gateway. */
  readonly field: readonly (string | number)[];
}

/** A Gateway. */
export class GatewayConfig {
  /** As VirtualServices name it. */
  public readonly name: string;
  public readonly selector: { readonly [label: string]: string };
  public readonly servers: readonly GatewayServer[];

  public constructor(public readonly object: MeshObject) {
    this.name = `${object.namespace}/${object.name}`;
    this.selector = labelsOf(object.spec.selector);
    const workload = JSON.stringify(Object.entries(this.selector).sort(([a], [b]) => (a < b ? -1 : 1)));
    this.servers = records(object.spec.servers).map((server, i): GatewayServer => {
      const hosts = strings(server.hosts);
      const port = record(server.port);
      const tls = record(server.tls);
      return {
        object,
        workload,
        port: number(port.number) ?? NaN,
        protocol: String(port.protocol).toUpperCase(),
        bind: text(server.bind) || undefined,
        // `./` in front says whose routes may attach; two servers collide by the name.
        hosts: hosts.map(host => host.replace(/^[^/]*\//, '')),
        routesFrom: hosts.map(host => (host.includes('/') ? host.split('/')[0].replace(/^\.$/, object.namespace) : '*')),
        // Istio's default of a mode that is left out.
        tls: server.tls === undefined ? undefined : {
          mode: text(tls.mode) ?? 'PASSTHROUGH',
          subjectAltNames: strings(tls.subjectAltNames),
          credentialName: text(tls.credentialName),
          httpsRedirect: tls.httpsRedirect === true,
        },
        field: ['spec', 'servers', i],
      };
    });
  }
}
