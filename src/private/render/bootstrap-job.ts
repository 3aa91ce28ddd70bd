import { BootstrapJobModel, LoginModel } from '../model';

const SCRIPTS = '/bootstrap';
const SECRETS = '/secrets';
const CA = '/ca';
/** A user that no image has: the clients need none. */
const NOBODY = 65532;

/** A Job whose pods satisfy the Pod Security Standard "restricted", as far as they are not the injector's. */
export function renderBootstrapJob(job: BootstrapJobModel): unknown {
  return {
    backoffLimit: 6,
    activeDeadlineSeconds: job.deadlineSeconds,
    ttlSecondsAfterFinished: job.ttlSeconds,
    template: {
      metadata: {
        // Without the proxy the first connections would not get through, and a quick failure would leave a sidecar behind that nobody ends.
        annotations: job.sidecar ? { 'proxy.istio.io/config': '{"holdApplicationUntilProxyStarts": true}' } : undefined,
        labels: { app: job.label, ...job.sidecar ? { 'sidecar.istio.io/inject': 'true' } : {} },
      },
      spec: {
        serviceAccountName: job.account,
        automountServiceAccountToken: false,
        restartPolicy: 'Never',
        securityContext: { runAsNonRoot: true, runAsUser: NOBODY, runAsGroup: NOBODY, fsGroup: NOBODY, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [container(job)],
        volumes: [
          { name: 'bootstrap', configMap: { name: job.configMap, defaultMode: 0o444 } },
          { name: 'secrets', projected: { defaultMode: 0o440, sources: [source('admin', job.admin), ...job.users.map((user, index) => source(`user-${index}`, user))] } },
          ...job.caSecretName === undefined ? [] : [
            { name: 'ca', secret: { secretName: job.caSecretName, defaultMode: 0o440, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          ],
          // The shell's temporary files; never on a disk.
          { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
        ],
      },
    },
  };
}

function container({ image, host, port, database, admin, users, caSecretName }: BootstrapJobModel) {
  const env = {
    DB_HOST: host,
    DB_PORT: String(port),
    DB_NAME: database,
    DB_SECRETS: SECRETS,
    DB_ADMIN_SECRET: admin.secretName,
    DB_LOGIN_SECRETS: users.map(({ secretName }) => secretName).join(' '),
    ...caSecretName === undefined ? {} : { DB_CA: `${CA}/ca.crt` },
    HOME: '/tmp',
  };
  return {
    name: 'bootstrap',
    image,
    command: ['bash', `${SCRIPTS}/bootstrap.sh`],
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    securityContext: {
      allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, privileged: false, readOnlyRootFilesystem: true, runAsNonRoot: true,
    },
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
    volumeMounts: [
      { name: 'bootstrap', mountPath: SCRIPTS, readOnly: true },
      { name: 'secrets', mountPath: SECRETS, readOnly: true },
      ...caSecretName === undefined ? [] : [{ name: 'ca', mountPath: CA, readOnly: true }],
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

/** The keys that are read, and no others. */
function source(folder: string, { secretName, usernameKey, passwordKey }: LoginModel) {
  return {
    secret: {
      name: secretName,
      items: [{ key: usernameKey, path: `${folder}/username` }, { key: passwordKey, path: `${folder}/password` }],
    },
  };
}
