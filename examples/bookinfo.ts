/** Bookinfo as Istio publishes it, for the examples that take one part of it out of the mesh. */
import { Chart } from 'cdk8s';
import { IngressRoute, PathMatch } from 'cdk8s-istio-egress';
import { k8s } from 'cdk8s-plus-27';

const REGISTRY = 'registry.istio.io/release';
const TAG = '1.20.3';

/** What a version of a microservice has beside its image. */
export interface VersionOptions {
  /** The image, without registry and tag. */
  readonly image?: string;
  readonly env?: k8s.EnvVar[];
  readonly account?: string;
  readonly mounts?: k8s.VolumeMount[];
  readonly volumes?: k8s.Volume[];
  readonly annotations?: { [name: string]: string };
  /** Whether its pods satisfy the Pod Security Standard `restricted`. */
  readonly restricted?: boolean;
}

/** What the standard wants of a pod. The images have users of their own, which are not root. */
const RESTRICTED_POD: k8s.PodSecurityContext = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
const RESTRICTED_CONTAINER: k8s.SecurityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

/** One version of a microservice: a Deployment. */
export function version(chart: Chart, app: string, name: string, options: VersionOptions = {}): k8s.KubeDeployment {
  const labels = { app, version: name };
  return new k8s.KubeDeployment(chart, `${app}-${name}`, {
    metadata: { name: `${app}-${name}`, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: options.annotations },
        spec: {
          serviceAccountName: options.account ?? `bookinfo-${app}`,
          securityContext: options.restricted ? RESTRICTED_POD : undefined,
          containers: [{
            name: app,
            image: `${REGISTRY}/examples-bookinfo-${options.image ?? `${app}-${name}`}:${TAG}`,
            imagePullPolicy: 'IfNotPresent',
            securityContext: options.restricted ? RESTRICTED_CONTAINER : undefined,
            env: options.env,
            ports: [{ containerPort: 9080 }],
            volumeMounts: options.mounts,
          }],
          volumes: options.volumes,
        },
      },
    },
  });
}

/** A service account, as upstream labels them. */
export function account(chart: Chart, name: string, labels?: { [name: string]: string }): void {
  new k8s.KubeServiceAccount(chart, name, { metadata: { name, labels } });
}

/** The 14 objects of Istio's Bookinfo sample: four microservices, reviews in three versions. */
export function bookinfo(chart: Chart, { restricted }: Pick<VersionOptions, 'restricted'> = {}): void {
  const plain: VersionOptions = { restricted };
  const tmp = { mounts: [{ name: 'tmp', mountPath: '/tmp' }], volumes: [{ name: 'tmp', emptyDir: {} }] };
  const liberty: VersionOptions = {
    ...plain,
    env: [{ name: 'LOG_DIR', value: '/tmp/logs' }],
    mounts: [...tmp.mounts, { name: 'wlp-output', mountPath: '/opt/ibm/wlp/output' }],
    volumes: [{ name: 'wlp-output', emptyDir: {} }, ...tmp.volumes],
  };
  const metrics = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9080', 'prometheus.io/path': '/metrics' };

  microservice(chart, 'details', { v1: plain });
  microservice(chart, 'ratings', { v1: plain });
  microservice(chart, 'reviews', { v1: liberty, v2: liberty, v3: liberty });
  microservice(chart, 'productpage', { v1: { ...plain, ...tmp, annotations: metrics } });
}

/** The page at the ingress gateway. Apps call it last, so that what it leads to is applied before. */
export function exposed(chart: Chart): void {
  new IngressRoute(chart, 'Bookinfo', {
    hosts: ['*'],
    port: 8080,
    paths: [
      PathMatch.exact('/productpage'),
      PathMatch.prefix('/static'),
      PathMatch.exact('/login'),
      PathMatch.exact('/logout'),
      PathMatch.prefix('/api/v1/products'),
    ],
    service: 'productpage',
    servicePort: 9080,
  });
}

function microservice(chart: Chart, app: string, versions: { [name: string]: VersionOptions }): void {
  new k8s.KubeService(chart, app, {
    metadata: { name: app, labels: { app, service: app } },
    spec: { ports: [{ port: 9080, name: 'http' }], selector: { app } },
  });
  account(chart, `bookinfo-${app}`, { account: app });
  Object.entries(versions).forEach(([name, options]) => version(chart, app, name, options));
}
