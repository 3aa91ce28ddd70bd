import type { Kube, KubeObject } from '../lab/kube';
import { environmentOf, objectsOf, secretsOf, workloadOf } from '../lab/workload';

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop }
spec:
  template:
    metadata: { labels: { app: cart } }
    spec:
      serviceAccountName: cart
      containers:
        - name: cart
          image: registry.example.com/cart:1
          env:
            - { name: REDIS_HOST, value: redis.example.com }
            - { name: REDIS_URL, value: "redis://$(REDIS_HOST)/$(UNKNOWN)" }
            - { name: REDIS_PASSWORD, valueFrom: { secretKeyRef: { name: cart-redis, key: password } } }
            - { name: REDIS_USER, valueFrom: { secretKeyRef: { name: cart-redis, key: username, optional: true } } }
`;

/** Answers with one Secret that has a password only. */
const kube = { get: async () => ({ data: { password: Buffer.from('s3cret').toString('base64') } }) } as unknown as Kube;

function deployment(yaml = DEPLOYMENT): KubeObject {
  return objectsOf(yaml)[0];
}

test('a Deployment says under which account its pods run and with which labels', () => {
  expect(workloadOf(deployment())).toMatchObject({ name: 'cart', namespace: 'shop', account: 'cart', labels: { app: 'cart' }, replicas: 1 });
});

test('without an account its pods run under the default one', () => {
  expect(workloadOf(deployment(DEPLOYMENT.replace('serviceAccountName: cart', 'hostNetwork: false'))).account).toBe('default');
});

test('the Secrets that it needs are known with their keys', () => {
  expect([...secretsOf(workloadOf(deployment()))]).toEqual([['cart-redis', new Set(['password', 'username'])]]);
});

test('its environment is made as the kubelet makes it', async () => {
  expect(await environmentOf(kube, workloadOf(deployment()))).toEqual({
    REDIS_HOST: 'redis.example.com',
    REDIS_URL: 'redis://redis.example.com/$(UNKNOWN)',
    REDIS_PASSWORD: 's3cret',
  });
});

test('a Secret without the key keeps the container from starting', async () => {
  const wrong = workloadOf(deployment(DEPLOYMENT.replace('key: password', 'key: pasword')));
  await expect(environmentOf(kube, wrong)).rejects.toThrow('Secret shop/cart-redis has no pasword: create it before the workload');
});

test('a manifest that is no YAML is said so in one line', () => {
  expect(() => objectsOf('a: [')).toThrow(/^manifest: /);
});

test('empty documents are left out', () => {
  expect(objectsOf(`---\n${DEPLOYMENT}\n---\n`)).toHaveLength(1);
});

describe('the files of a Secret', () => {
  const withFiles = (mount: string, volume = 'items: [{ key: password, path: password }], defaultMode: 288') => workloadOf(deployment(`
apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop }
spec:
  template:
    spec:
      securityContext: { fsGroup: 1000 }
      containers: [{ name: cart, image: cart, volumeMounts: [{ name: files, mountPath: /etc/cart, ${mount} }] }]
      volumes: [{ name: files, secret: { secretName: cart-redis, ${volume} } }]
`));

  test('are known with their mode, place and group, and their keys count as read', () => {
    const workload = withFiles('readOnly: true');

    expect(workload.secretVolumes).toEqual([
      { secretName: 'cart-redis', items: [{ key: 'password', path: 'password' }], defaultMode: 0o440, mountPath: '/etc/cart', fsGroup: 1000 },
    ]);
    expect([...secretsOf(workload)]).toEqual([['cart-redis', new Set(['password'])]]);
  });

  test.each(['readOnly: false', 'readOnly: true, subPath: password'])('cannot be mounted with %s', (mount) => {
    expect(() => withFiles(mount)).toThrow('cart: the lab does not know the volume files as it is mounted at /etc/cart');
  });

  test('stand beside volumes of other kinds, which the lab does not make', () => {
    const yaml = DEPLOYMENT.replace('image: registry.example.com/cart:1', 'volumeMounts: [{ name: tmp, mountPath: /tmp }]');

    expect(workloadOf(deployment(yaml)).secretVolumes).toEqual([]);
  });

  test('cannot be the whole Secret', () => {
    expect(() => withFiles('readOnly: true', 'defaultMode: 288')).toThrow('the lab does not know the volume files');
  });
});
