import * as fs from 'node:fs';
import * as https from 'node:https';
import * as path from 'node:path';
import { Failure } from './failure';
import { type Outcome, run } from './processes';

/** A Kubernetes object as it is read; only what every object has is typed. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly resourceVersion?: string;
    readonly generation?: number;
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [key: string]: any;
}

export interface KubeOptions {
  readonly server: string;
  readonly authority: string;
  readonly token: string;
  readonly folder: string;
}

const PLURALS: Record<string, string> = {
  NetworkPolicy: 'networkpolicies',
  AuthorizationPolicy: 'authorizationpolicies',
  ServiceEntry: 'serviceentries',
  WorkloadEntry: 'workloadentries',
  Gateway: 'gateways',
  EndpointSlice: 'endpointslices',
  Ingress: 'ingresses',
  ProxyConfig: 'proxyconfigs',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
};
const CLUSTER_WIDE = new Set([
  'Namespace', 'CustomResourceDefinition', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'ClusterRole', 'ClusterRoleBinding',
  'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding',
]);

/** Where an object lives in the API. */
export function pathOf(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  const group = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
  const plural = PLURALS[object.kind] ?? `${object.kind.toLowerCase()}s`;
  const namespace = CLUSTER_WIDE.has(object.kind) ? '' : `/namespaces/${object.metadata.namespace ?? 'default'}`;
  return `${group}${namespace}/${plural}/${object.metadata.name}`;
}

/** The API server, for the lab's own objects by HTTPS and for manifests by kubectl, as an operator would. */
export class Kube {
  readonly config: string;
  private readonly agent: https.Agent;

  constructor(private readonly options: KubeOptions) {
    this.agent = new https.Agent({ keepAlive: true, ca: fs.readFileSync(options.authority) });
    this.config = path.join(options.folder, 'kubeconfig');
    fs.writeFileSync(this.config, JSON.stringify({
      'apiVersion': 'v1',
      'kind': 'Config',
      'clusters': [{ name: 'lab', cluster: { 'server': options.server, 'certificate-authority': options.authority } }],
      'users': [{ name: 'admin', user: { token: options.token } }],
      'contexts': [{ name: 'lab', context: { cluster: 'lab', user: 'admin' } }],
      'current-context': 'lab',
    }));
  }

  kubectl(argv: readonly string[], stdin?: string, timeout = 90): Promise<Outcome> {
    // its cache would be written below the operator's home
    return run(['kubectl', '--kubeconfig', this.config, '--cache-dir', path.join(this.options.folder, 'kubectl-cache'), ...argv], { stdin, timeout });
  }

  /** `kubectl apply --server-side` of whole manifests, unchanged. Gives what kubectl printed. */
  async apply(manifests: string, timeout?: number): Promise<string> {
    const outcome = await this.kubectl(['apply', '--server-side', '--field-manager=operator', '-f', '-'], manifests, timeout);
    if (outcome.code !== 0) { throw new Failure(`kubectl apply: ${outcome.stderr.trim().replace(/\s+/g, ' ')}`); }
    return outcome.stdout;
  }

  async remove(manifests: string): Promise<string> {
    const outcome = await this.kubectl(['delete', '--ignore-not-found', '--wait=false', '-f', '-'], manifests);
    if (outcome.code !== 0) { throw new Failure(`kubectl delete: ${outcome.stderr.trim().replace(/\s+/g, ' ')}`); }
    return outcome.stdout;
  }

  /** Creates or changes an object of the lab itself. */
  async put(object: KubeObject | Record<string, unknown>): Promise<KubeObject> {
    return this.call('PATCH', `${pathOf(object as KubeObject)}?fieldManager=lab&force=true`, object, 'application/apply-patch+yaml') as Promise<KubeObject>;
  }

  async status(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>, status: unknown): Promise<void> {
    await this.call('PATCH', `${pathOf(object)}/status`, { status }, 'application/merge-patch+json');
  }

  async get(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): Promise<KubeObject | undefined> {
    return this.call('GET', pathOf(object), undefined, undefined, [404]) as Promise<KubeObject | undefined>;
  }

  async list(collection: string): Promise<KubeObject[]> {
    const list = await this.call('GET', collection) as { items: KubeObject[] };
    return list.items;
  }

  async delete(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): Promise<void> {
    await this.call('DELETE', `${pathOf(object)}?gracePeriodSeconds=0`, undefined, undefined, [404]);
  }

  /** A token of a service account, as the kubelet projects it into a pod. */
  async token(namespace: string, account: string, audience: string): Promise<string> {
    const answer = await this.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
      apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [audience], expirationSeconds: 43200 },
    }) as { status: { token: string } };
    return answer.status.token;
  }

  /** True as soon as the server answers that it is ready. */
  async ready(): Promise<boolean> {
    await this.call('GET', '/readyz');
    return true;
  }

  call(method: string, location: string, body?: unknown, type = 'application/json', accepted: readonly number[] = []): Promise<unknown> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = https.request(`${this.options.server}${location}`, {
        method,
        agent: this.agent,
        timeout: 30_000,
        headers: { authorization: `Bearer ${this.options.token}`, ...(text ? { 'content-type': type, 'content-length': Buffer.byteLength(text) } : {}) },
      }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          const code = response.statusCode ?? 0;
          const parsed = answer.startsWith('{') ? JSON.parse(answer) as { message?: string } : undefined;
          if (code < 300) { resolve(parsed ?? answer); return; }
          if (accepted.includes(code)) { resolve(undefined); return; }
          reject(new Failure(`${method} ${location.split('?')[0]}: ${code} ${parsed?.message ?? answer.slice(0, 200)}`));
        });
      });
      request.on('timeout', () => request.destroy(new Error('no answer in 30 s')));
      request.on('error', (error) => reject(new Failure(`${method} ${location.split('?')[0]}: ${error.message}`)));
      request.end(text);
    });
  }
}
