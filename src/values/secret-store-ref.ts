import { checkDnsName } from '../private/check';
import { Fail, refuseAbstract } from '../private/fail';
import { ExternalSecretModel } from '../private/model';

/**
 * Where the External Secrets Operator reads values from: an object of the cluster that names a store (Vault, AWS Secrets Manager, ...) and how the operator logs
 * in there. Somebody else writes it; the library refers to it.
 *
 * One of two:
 *
 * - `secretStore`: a SecretStore in the namespace of the Secret
 * - `clusterSecretStore`: a ClusterSecretStore. Every namespace that its `conditions` allow may read every value of it: restrict what it can read in the store.
 *
 * @see https://external-secrets.io/latest/api/secretstore/
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#alternatives-to-secrets
 */
export abstract class SecretStoreRef {
  /**
   * A SecretStore in the namespace of the Secret.
   *
   * @param name its name
   */
  public static secretStore(name: string): SecretStoreRef {
    return new NamedStore('SecretStore', name);
  }

  /**
   * A ClusterSecretStore.
   *
   * @param name its name
   */
  public static clusterSecretStore(name: string): SecretStoreRef {
    return new NamedStore('ClusterSecretStore', name);
  }

  protected constructor() {
    refuseAbstract(new.target === SecretStoreRef, 'SecretStoreRef', 'secretStore() or clusterSecretStore()');
  }

  /** @internal */
  public abstract _bind(fail: Fail): ExternalSecretModel['store'];
}

class NamedStore extends SecretStoreRef {
  public constructor(private readonly kind: 'SecretStore' | 'ClusterSecretStore', private readonly name: string) {
    super();
  }

  public _bind(fail: Fail): ExternalSecretModel['store'] {
    const { kind, name } = this;
    checkDnsName(fail, kind === 'SecretStore' ? 'SecretStoreRef.secretStore()' : 'SecretStoreRef.clusterSecretStore()', name);
    return { kind, name };
  }
}
