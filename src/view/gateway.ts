import { Fields, labelsOf, number, record, records, strings, text } from './fields';
import { hostsIn } from './host-name';
import { MeshObject } from './mesh-object';

/** A Secret that a server of a Gateway reads. */
export interface ServerCredential {
  readonly name: string;
  /** In the server. */
  readonly field: readonly (string | number)[];
}

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
    /** The Secrets with its certificates, and those of authorities, by the fields that name them. */
    readonly credentials: readonly ServerCredential[];
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
  /** The pods that it selects, as text that can be compared. */
  public readonly workload: string;
  public readonly servers: readonly GatewayServer[];

  public constructor(public readonly object: MeshObject) {
    this.name = `${object.namespace}/${object.name}`;
    this.selector = labelsOf(object.spec.selector);
    const workload = JSON.stringify(Object.entries(this.selector).sort(([a], [b]) => (a < b ? -1 : 1)));
    this.workload = workload;
    this.servers = records(object.spec.servers).map((server, i): GatewayServer => {
      const hosts = hostsIn(server.hosts);
      const port = record(server.port);
      const tls = record(server.tls);
      return {
        object,
        workload,
        port: number(port.number) ?? NaN,
        protocol: String(port.protocol).toUpperCase(),
        bind: text(server.bind) || undefined,
        // `./` in front says whose routes may attach; two servers collide by the name.
        hosts: hosts.map(host => (host.includes('/') ? host.replace(/^[^/]*\//, '') : host)),
        routesFrom: hosts.map(host => (host.includes('/') ? host.split('/')[0].replace(/^\.$/, object.namespace) : '*')),
        // Istio's default of a mode that is left out.
        tls: server.tls === undefined ? undefined : {
          mode: text(tls.mode) ?? 'PASSTHROUGH',
          subjectAltNames: strings(tls.subjectAltNames),
          credentials: credentialsIn(tls),
          httpsRedirect: tls.httpsRedirect === true,
        },
        field: ['spec', 'servers', i],
      };
    });
  }
}

/** What ends TLS itself, with certificates that are not the mesh's. */
const WITH_CERTIFICATE: readonly unknown[] = ['SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL'];

function credentialsIn(tls: Fields): ServerCredential[] {
  return !WITH_CERTIFICATE.includes(tls.mode) ? [] : [
    ...['credentialName', 'caCertCredentialName'].flatMap(field => [text(tls[field]) ?? []].flat().map(name => ({ name, field: ['tls', field] }))),
    ...strings(tls.credentialNames).map((name, i) => ({ name, field: ['tls', 'credentialNames', i] })),
  ];
}
