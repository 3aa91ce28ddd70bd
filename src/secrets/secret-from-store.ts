import { ApiObjectMetadata, Duration } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { Credentials } from '../access/credentials';
import { AppMesh } from '../app/app-mesh';
import { checkMetadata, identityOf, istioObject, ObjectIdentity } from '../app/istio-object';
import { Check, checkDnsName, checkInstance, checkProps, checkSeconds, secondsOf } from '../private/check';
import { Fail, failAt, quote } from '../private/fail';
import { ExternalSecretModel, RemoteValueModel } from '../private/model';
import { renderExternalSecret } from '../private/render/external-secret';
import { SecretStoreRef } from '../values/secret-store-ref';
import { addTo } from '../view/lists';

/** Where a value is in a store: its name there, never the value. */
export interface RemoteRef {
  /** The name that the store has for it, such as `shop/orders-postgres`. */
  readonly key: string;

  /**
   * The property of it, where the value is a map, such as `password`.
   *
   * @default - the whole value
   */
  readonly property?: string;
}

/** A Secret that comes from a store outside of the cluster. */
export interface SecretFromStoreProps {
  /** The store. */
  readonly secretStoreRef: SecretStoreRef;

  /**
   * Where the password is. A Secret has a password or a URL.
   *
   * @default - none, with `url`
   */
  readonly password?: RemoteRef;

  /**
   * Where the user's name is.
   *
   * @default - none: a service without users, or a user that the workload knows
   */
  readonly username?: RemoteRef;

  /**
   * Where a whole URL is, user and password in it, in place of `password` and `username`.
   *
   * @default - none
   */
  readonly url?: RemoteRef;

  /**
   * The name of the Secret, which no other tool writes.
   *
   * @default - the name of the ExternalSecret
   */
  readonly secretName?: string;

  /**
   * How often the operator reads the store again, in whole seconds. A rotation in the store reaches the Secret within this time.
   *
   * @default Duration.hours(1)
   */
  readonly refreshInterval?: Duration;

  /**
   * Metadata of the ExternalSecret. The Secret is in its namespace.
   *
   * @default - the name is made of the construct's path inside its chart and the namespace, the namespace is the chart's
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * A Secret that the External Secrets Operator writes from a store outside of the cluster, and keeps up to date. The manifests have the names of values and no
 * value. Requires the operator, 0.16 or newer, and the store that `secretStoreRef` names; without them there is no Secret, and pods that read it wait.
 *
 * Creates:
 *
 * - ExternalSecret `Resource`
 *
 * The Secret is in the namespace of this construct, and so are the workloads that read it; synth refuses a connected workload of another one.
 *
 * A rotation in the store reaches the Secret within `refreshInterval`. From there, files (`CredentialsDelivery.files()`) are replaced in running pods;
 * environment variables keep the old value until the pods restart. So let the old password work until both have happened: change it for a second user of the
 * database, or keep two passwords for a while.
 *
 * @example
 * const account = new SecretFromStore(chart, 'RatingsAccount', {
 *   secretStoreRef: SecretStoreRef.secretStore('vault'),
 *   username: { key: 'bookinfo/ratings-mysql', property: 'username' },
 *   password: { key: 'bookinfo/ratings-mysql', property: 'password' },
 *   refreshInterval: Duration.minutes(15),
 * });
 * mysql.connectFrom(ratings, {
 *   credentials: account.credentials,
 *   delivery: CredentialsDelivery.files('/etc/credentials/mysql'),
 * });
 *
 * @see https://external-secrets.io/latest/api/externalsecret/
 * @see https://kubernetes.io/docs/concepts/configuration/secret/
 */
export class SecretFromStore extends Construct {
  /** The name of the Secret. */
  public readonly secretName: string;

  private readonly identity: ObjectIdentity;
  private readonly values: readonly RemoteValueModel[];

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props store, names of the values, and refresh interval
   * @throws for an unknown property, a password and a URL, none of both, a name that Kubernetes does not take, an interval of parts of a second
   */
  public constructor(scope: Construct, id: string, props: SecretFromStoreProps) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'SecretFromStore', props, PROPS, ['secretStoreRef']);
    const { username, password, url, refreshInterval = Duration.hours(1) } = props;
    if (url !== undefined && (password !== undefined || username !== undefined)) {
      fail('\'url\' has user and password in it: leave \'username\' and \'password\' out, or \'url\'');
    }
    if (url === undefined && password === undefined) {
      fail('\'password\' is missing, which SecretFromStore needs unless it has a \'url\'');
    }
    this.identity = identityOf(this, props.metadata);
    this.secretName = props.secretName ?? this.identity.name;
    this.values = Object.entries({ username, password, url }).flatMap(([secretKey, ref]) => (
      ref ? [{ secretKey, remoteKey: ref.key, property: ref.property }] : []));
    const model: ExternalSecretModel = {
      secretName: this.secretName,
      store: props.secretStoreRef._bind(fail),
      refreshInterval: secondsOf(refreshInterval),
      values: this.values,
    };
    istioObject(this, 'Resource', 'ExternalSecret', { ...props.metadata, name: this.identity.name }, () => renderExternalSecret(model));
    AppMesh.of(this).validate(this, () => this.problems());
  }

  /** The credentials of a service that are in this Secret. */
  public get credentials(): Credentials {
    const has = (key: string) => this.values.some(({ secretKey }) => secretKey === key);
    const make = has('url') ? Credentials.urlFromSecret : has('username') ? Credentials.fromSecret : Credentials.passwordFromSecret;
    return make(this.secretName)._in(this.identity.namespace);
  }

  /** Mistakes that only show once every construct was made. */
  private problems(): string[] {
    const first = AppMesh.of(this).once('Secrets from a store', () => writersOf(this.node.root)).get(keyOf(this))![0];
    return first === this ? []
      : [`'secretName' ${quote(this.secretName)} is the Secret of '${first.node.path}' as well, and the operator lets one ExternalSecret write it: give it another name`];
  }

  /** @internal */
  public get _secret(): { readonly name: string; readonly namespace?: string } {
    return { name: this.secretName, namespace: this.identity.namespace };
  }
}

function keyOf({ _secret: { name, namespace } }: SecretFromStore): string {
  return `${namespace ?? ''}/${name}`;
}

function writersOf(root: IConstruct): Map<string, SecretFromStore[]> {
  const writers = new Map<string, SecretFromStore[]>();
  root.node.findAll().filter(construct => construct instanceof SecretFromStore).forEach(secret => addTo(writers, keyOf(secret), secret));
  return writers;
}

/** Nothing is quoted: somebody may give the value in place of its name. */
const checkRemoteRef: Check = (fail: Fail, property, value) => {
  const isText = (part: unknown) => typeof part === 'string' && part !== '';
  const ref = value as { readonly [field: string]: unknown } | null;
  if (typeof ref !== 'object' || ref === null || !isText(ref.key) || !(ref.property === undefined || isText(ref.property))) {
    fail(`'${property}' must say where the value is in the store, like { key: "shop/orders-postgres", property: "password" }: the value itself is never written`);
  }
  const unknown = Object.keys(ref).find(field => field !== 'key' && field !== 'property');
  if (unknown !== undefined) {
    fail(`'${unknown}' is not a property of '${property}': it has 'key', 'property'`);
  }
};

const PROPS = {
  secretStoreRef: checkInstance(SecretStoreRef, 'SecretStoreRef.secretStore() or clusterSecretStore()'),
  password: checkRemoteRef,
  username: checkRemoteRef,
  url: checkRemoteRef,
  secretName: checkDnsName,
  refreshInterval: checkSeconds,
  metadata: checkMetadata,
};
