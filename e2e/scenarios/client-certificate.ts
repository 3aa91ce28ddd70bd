import * as fs from 'node:fs';
import * as path from 'node:path';
import { Chart } from 'cdk8s';
import { ClientTls, ExternalHttp, Resolution } from 'cdk8s-istio-egress';
import { k8s } from 'cdk8s-plus-27';
import { is, isRefused } from './answers';
import { Authority } from '../lab/certificates';
import { http } from '../lab/clients';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

const PARTNER = { host: 'partner.example.com', address: '192.0.2.38', who: 'the partner' };
const SECRET = 'partner';

/** The service is declared in one namespace, the workload runs in another or in the same. */
const manifest = (declared: string, namespace: string): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, namespace, { namespace });
  const labels = { app: 'orders' };
  const orders = new k8s.KubeDeployment(chart, 'orders', {
    metadata: { name: 'orders' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { serviceAccountName: 'orders', containers: [{ name: 'orders', image: 'orders' }] } } },
  });
  const partner = new ExternalHttp(declared === namespace ? chart : new Chart(app, declared, { namespace: declared }), 'Partner', {
    host: PARTNER.host, resolution: Resolution.ipAddresses(PARTNER.address), tls: ClientTls.mutual({ credentialName: SECRET }),
  });
  partner.connectFrom(orders);
});

export const clientCertificate: Scenario = {
  name: 'client-certificate',
  promise: 'the sidecars of one workload show a client certificate from a Secret; the others of the namespace are refused, and send no plaintext',
  async run(lab, report) {
    await lab.dns.set(PARTNER.host, PARTNER.address);
    const clients = await Authority.create(path.join(lab.folder, 'partner-clients'), 'lab-partner-clients');
    const { certificate, key } = await clients.issue('orders', ['orders.example.com']);
    const [orders, neighbour, withoutRole, partner] = await Promise.all([
      lab.caller('shop', 'orders'), lab.caller('shop', 'neighbour'), lab.caller('without', 'orders'), lab.website({ ...PARTNER, clients: clients.certificate }),
    ]);
    const read = (file: string): string => fs.readFileSync(file).toString('base64');
    for (const namespace of ['shop', 'without']) {
      await lab.kube.put({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: SECRET, namespace },
        type: 'Opaque',
        data: { 'tls.crt': read(certificate), 'tls.key': read(key), 'ca.crt': read(partner.authority) },
      });
    }
    const get = (pod: Pod, what = '') => http(pod, { url: `http://${PARTNER.host}/${what}` });
    await lab.namespace('platform');
    await lab.kube.apply(manifest('platform', 'shop').yaml);
    await lab.kube.apply(manifest('without', 'without').without('Role', 'RoleBinding'));
    await report.check('the partner answers the workload that has the certificate', async () => is(await get(orders), PARTNER.who));
    await report.check('and has seen the certificate', async () => is(await get(orders, 'client'), 'orders'));
    await report.holds('another workload of the namespace is not answered', 2, async () => isRefused(await get(neighbour)));
    await report.holds('nor the same workload where its account may not list Secrets', 2, async () => isRefused(await get(withoutRole)));
    await report.check('because the one sidecar trusts nobody, and the other waits for the Secret: neither speaks plaintext', () => {
      const [untrusting, waiting] = [neighbour, withoutRole]
        .map((pod) => pod.proxy.log.since().filter(({ listener }) => listener?.startsWith(PARTNER.address)));
      return untrusting.length > 0 && untrusting.every(({ failure }) => failure?.startsWith('TLS_error'))
        && waiting.length > 0 && waiting.every(({ upstream, failure }) => !upstream || failure?.startsWith('TLS_error'))
        ? undefined : JSON.stringify([untrusting.pop(), waiting.pop()]);
    });
  },
};
