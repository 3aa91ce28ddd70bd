import { Chart } from 'cdk8s';
import { Credentials, CredentialsDelivery, EgressGateway, EgressViaGateway, ExternalMysql, Resolution } from 'cdk8s-istio-egress';
import { k8s } from 'cdk8s-plus-27';
import { http } from '../lab/clients';
import { Deployment } from '../lab/deployment';
import type { Lab } from '../lab/lab';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOST = 'orders.example.com';
const ADDRESS = '192.0.2.39';
const GROUP = 1000;

const BEFORE = { username: 'orders-1', password: 'only-for-the-lab-1' };
const AFTER = { username: 'orders-2', password: 'only-for-the-lab-2' };

/** Two workloads that differ in how they get the credentials. */
const manifest = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const orders = new ExternalMysql(chart, 'Orders', {
    host: HOST, resolution: Resolution.ipAddresses(ADDRESS), credentials: Credentials.fromSecret('orders-mysql'),
  });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(orders);
  const delivery = { files: CredentialsDelivery.files('/etc/credentials/orders'), variables: CredentialsDelivery.environment() };
  for (const name of ['files', 'variables'] as const) {
    const labels = { app: name };
    orders.connectFrom(new k8s.KubeDeployment(chart, name, {
      metadata: { name },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { serviceAccountName: name, securityContext: { runAsUser: GROUP, fsGroup: GROUP }, containers: [{ name, image: name }] },
        },
      },
    }), { envPrefix: 'ORDERS', delivery: delivery[name] });
  }
});

/** An application that opens a connection for each question, with the user and the password that it finds at that moment. */
const APPLICATION = `
  const read = (name) => process.env[name] ?? require('node:fs').readFileSync(process.env[name + '_FILE'], 'utf8');
  require('node:http').createServer((request, answer) => {
    const { ORDERS_HOST, ORDERS_PORT } = process.env;
    require('node:child_process').execFile('mariadb', ['--no-defaults', '--protocol=tcp', '--skip-ssl', '--host=' + ORDERS_HOST, '--port=' + ORDERS_PORT, '--connect-timeout=5',
      '--user=' + read('ORDERS_USER'), '--password=' + read('ORDERS_PASSWORD'), '--skip-column-names', '-e', 'select current_user()'],
    (error, stdout, stderr) => answer.end(process.pid + ' ' + (error ? stderr : stdout).trim()));
  }).listen(8080, '127.0.0.1');
`;

/** The arguments in front of a command that runs it as a user of the pod with the groups of the pod. */
const asUser = (...groups: number[]): string[] => [
  'setpriv', `--reuid=${GROUP}`, `--regid=${GROUP + 1}`, ...(groups.length > 0 ? [`--groups=${groups.join()}`] : ['--clear-groups']), '--bounding-set=-all', '--inh-caps=-all',
];

/** The Deployment with its application, which does not run as root. */
async function start(lab: Lab, of: Manifest, name: string): Promise<Deployment> {
  const deployment = await Deployment.start(lab, of.one('Deployment', name), { secrets: BEFORE });
  deployment.pod.service('application', [...asUser(GROUP), process.execPath, '-e', APPLICATION], { PATH: process.env.PATH ?? '', ...deployment.environment });
  return deployment;
}

const user = ({ username, password }: typeof BEFORE): string => `create user '${username}'@'%' identified by '${password}';`;

/** What an application answers: its process, and as whom the database knows it or what went wrong. */
async function ask({ pod }: Deployment): Promise<{ readonly process: string; readonly text: string }> {
  const [process, ...text] = (await http(pod, { url: 'http://127.0.0.1:8080/', seconds: 8 })).text.split(' ');
  return { process, text: text.join(' ') };
}

export const credentialsFiles: Scenario = {
  name: 'credentials-files',
  promise: 'user and password that are files follow a rotation of the Secret without a restart; environment variables do not',
  async run(lab, report) {
    await lab.dns.set(HOST, ADDRESS);
    const set = manifest();
    await lab.namespace('shop');
    const [database, files, variables] = await Promise.all([
      lab.mariadb({ address: ADDRESS, sql: user(BEFORE) }), start(lab, set, 'files'), start(lab, set, 'variables'), lab.stockGateway(),
    ]);
    const known = async (deployment: Deployment, name: string): Promise<string | undefined> => {
      const { text } = await ask(deployment);
      return text.startsWith(`${name}@`) ? undefined : text;
    };
    await lab.kube.apply(set.without('Deployment'));
    await report.check('the API server takes the Deployments as they are', async () => {
      const outcome = await lab.kube.kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], set.yaml);
      return outcome.code === 0 ? undefined : outcome.stderr;
    });
    await report.check('the password is in no variable of the workload with files', () => (
      JSON.stringify(files.environment).includes(BEFORE.password) ? JSON.stringify(files.environment) : undefined));
    await report.check('the database knows the workload with files by the first user', () => known(files, BEFORE.username));
    await report.check('and the workload with variables', () => known(variables, BEFORE.username));

    const read = (...groups: number[]) => files.pod.exec([...asUser(...groups), 'cat', '/etc/credentials/orders/password']);
    await report.check('a user with the group of the pod reads the file, another one does not', async () => {
      const [member, other] = await Promise.all([read(GROUP), read()]);
      return member.stdout === BEFORE.password && other.code !== 0 && /Permission denied/.test(other.stderr) ? undefined : JSON.stringify([member, other]);
    });
    await report.check('nobody writes it, not even root', async () => {
      const outcome = await files.pod.exec(['sh', '-c', 'echo x > /etc/credentials/orders/password']);
      return /Read-only file system/.test(outcome.stderr) ? undefined : JSON.stringify(outcome);
    });

    const [before] = await Promise.all([ask(files)]);
    await database.sql(user(AFTER));
    await lab.kube.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'orders-mysql', namespace: 'shop' }, stringData: AFTER });
    await Promise.all([files.syncVolumes(), variables.syncVolumes()]);
    await report.check('the Secret is rotated: the next connection is of the second user', () => known(files, AFTER.username));
    await database.sql(`drop user '${BEFORE.username}'@'%'`);
    await report.holds('the first user is dropped: every connection is answered', 2, () => known(files, AFTER.username));
    await report.check('by the process that was there before', async () => {
      const { process } = await ask(files);
      return process === before.process ? undefined : `${before.process}, then ${process}`;
    });
    await report.check('the workload with variables is denied by the database until it restarts', async () => {
      const { text } = await ask(variables);
      return text.includes(`Access denied for user '${BEFORE.username}'`) ? undefined : text;
    });
  },
};
