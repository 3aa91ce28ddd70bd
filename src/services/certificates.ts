import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Workload } from '../access/workload';
import { istioObject, ownObject } from '../app/istio-object';
import { KeyedObjects } from '../app/keyed-objects';
import { dnsLabel, hostPart, Role } from '../private/names';
import { renderSecretReader } from '../private/render/certificate';

/** The service that sidecars need a Secret for. */
export interface SecretUser extends Construct {
  readonly _hosts: readonly string[];
  _nameOf(...rest: (Role | number | string)[]): string;
}

/** What is written for one of the workloads. */
export interface CertificateOptions {
  /** Whether the sidecars show a certificate, whose private key istiod gives to accounts only that may list Secrets. */
  readonly privateKey: boolean;
  /** Whether the objects are written: a gateway that the service is routed through has the Secret itself. */
  shows(): boolean;
  renderRule(host: string, labels: { readonly [label: string]: string }): unknown;
}

/** The objects by which the sidecars of workloads get the Secret of a direct service. */
export class Certificates {
  private readonly objects: readonly KeyedObjects[];
  private readonly workloads = new Map<string, Workload>();

  public constructor(service: SecretUser, { privateKey, shows, renderRule }: CertificateOptions) {
    const keyed = (id: string, make: ConstructorParameters<typeof KeyedObjects>[2]) => new KeyedObjects(service, id, make, shows, ' for a service that is routed');
    const metadataOf = (key: string, ...more: string[]) => {
      const { namespace } = this.workloads.get(key)!;
      return { name: service._nameOf('certificate', key, ...more), namespace };
    };
    const readers = [
      keyed('SecretReaders', (scope, key) => ownObject(scope, key, 'Role', metadataOf(key), { rules: renderSecretReader() }, service)),
      keyed('SecretReaderBindings', (scope, key) => ownObject(scope, key, 'RoleBinding', metadataOf(key), {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadataOf(key).name },
        subjects: Lazy.any({
          produce: () => [{ kind: 'ServiceAccount', name: this.workloads.get(key)!.serviceAccountName, namespace: this.workloads.get(key)!.namespace }],
        }),
      }, service)),
    ];
    const rules = service._hosts.map(host => keyed(['Certificates', ...hostPart(host, service._hosts)].join('-'), (scope, key) => istioObject(
      scope, key, 'DestinationRule', metadataOf(key, ...hostPart(host, service._hosts)), () => renderRule(host, this.workloads.get(key)!.labels), service)));
    this.objects = [...privateKey ? readers : [], ...rules];
  }

  public addWorkload(workload: Workload): void {
    const key = dnsLabel(workload.namespace ?? '', workload.kind.toLowerCase(), workload.name);
    this.workloads.set(key, workload);
    this.objects.forEach(objects => objects.ensure(key));
  }

  /** Workloads whose pods no selector can find. */
  public problems(): string[] {
    return [...this.workloads.values()].filter(({ labels }) => Object.keys(labels).length === 0)
      .map(({ path }) => `its client '${path}' has pods without labels, by which their sidecars would get the Secret: give them labels`);
  }
}
