import { hearsNothing, isRefused } from './answers';
import { Bookinfo } from './bookinfo';
import type { KubeObject } from '../lab/kube';
import type { Lab } from '../lab/lab';
import type { Pod } from '../lab/pod';
import type { Report, Scenario } from '../lab/scenario';
import type { VirtualMachine } from '../lab/virtual-machine';

const BLOCKED = 'could not connect to ratings database';

/** Istio's agent on the machine of the database, told what the manifest says. */
function join(lab: Lab, bookinfo: Bookinfo): Promise<VirtualMachine> {
  const { machine } = bookinfo.database;
  const entry = bookinfo.manifest.all('WorkloadEntry').find(({ spec }) => spec.address === machine.address);
  const group = bookinfo.manifest.all('WorkloadGroup')[0] as KubeObject | undefined;
  const { name, namespace, labels } = bookinfo.manifest.one('Service', 'mysqldb').metadata;
  return lab.virtualMachine(machine, {
    namespace: namespace as string,
    account: entry?.spec.serviceAccount ?? group?.spec.template.serviceAccount ?? name,
    labels: group ? group.spec.metadata?.labels ?? {} : entry?.spec.labels ?? labels,
    group: group?.metadata.name,
    readinessProbe: group?.spec.probe,
  });
}

/** Undefined when the sidecar of the machine has passed on a connection of this client, with mutual TLS. */
function admitted(machine: VirtualMachine, client: Pod): string | undefined {
  const lines = machine.proxy.log.since().filter((line) => line.principal === client.principal);
  return lines.some((line) => line.cluster?.startsWith('inbound|3306') && line.tls === 'TLSv1.3' && line.received) ? undefined
    : `no such line in the machine's access log: ${JSON.stringify(lines.slice(-1))}`;
}

/** Undefined when the sidecar of the machine has denied the client by its policy. */
function denied(machine: VirtualMachine, principal: string | undefined): string | undefined {
  const lines = machine.proxy.log.since().filter((line) => line.principal === principal);
  return lines.some((line) => line.details?.includes('rbac_access_denied')) ? undefined
    : `no such line in the machine's access log: ${JSON.stringify(lines.slice(-1))}`;
}

async function readsFromMachine(bookinfo: Bookinfo, report: Report): Promise<void> {
  await report.check('the stars are 5 and 4', () => bookinfo.shows('5 and 4'), { seconds: 30 });
  await bookinfo.database.sql('update test.ratings set Rating = 1 where ReviewID = 1');
  await report.check('a row changed to 1 in the database: the stars are 1 and 4', () => bookinfo.shows('1 and 4'));
}

export const virtualMachine: Scenario = {
  name: 'virtual-machine',
  promise: 'Bookinfo reads its ratings from a MySQL on a virtual machine of the mesh, in mutual TLS, and the machine itself admits ratings alone',
  async run(lab, report) {
    const bookinfo = await Bookinfo.beforeMachine(lab, 'workload-entries', '192.0.2.30');
    await lab.kube.apply(bookinfo.manifest.without('WorkloadEntry'));
    await report.check('no machine declared: the ratings cannot be read', () => bookinfo.shows(BLOCKED), { steady: 2 });

    await bookinfo.apply();
    const machine = await join(lab, bookinfo);
    await readsFromMachine(bookinfo, report);
    await report.check('the name that ratings uses resolves without DNS capture', async () => {
      const { code } = await bookinfo.ratings.pod.exec(['getent', 'hosts', bookinfo.ratings.environment.MYSQL_DB_HOST]);
      return code === 0 ? undefined : `${bookinfo.ratings.environment.MYSQL_DB_HOST} does not resolve`;
    });
    await report.check('its sidecar connects to the machine itself, through no gateway', () => {
      const line = bookinfo.ratings.pod.proxy.log.since().find((candidate) => candidate.upstream === `${machine.address}:3306`);
      return line ? undefined : 'no such line in the access log of the client';
    });
    await report.check('the sidecar on the machine sees the identity of ratings, over TLS', () => admitted(machine, bookinfo.ratings.pod));

    const [stranger, bare] = await Promise.all([
      lab.caller('elsewhere', 'stranger'),
      lab.namespace('bookinfo').then(() => lab.pod({ name: 'bare', namespace: 'bookinfo', account: 'bare', labels: { app: 'bare' }, proxy: 'none' })),
    ]);
    await report.holds('reviews, an account that was not named, is denied even with the password', 3, async () => isRefused(await bookinfo.steal(bookinfo.reviews)));
    await report.check('the machine has denied it, and its access log names the account', () => denied(machine, bookinfo.reviews.principal));
    const seen = bookinfo.reviews.proxy.log.since().filter((line) => line.upstream === `${machine.address}:3306`).map((line) => line.sent ?? 0);
    report.measure('bytes of the server that a denied client has received', Math.max(...seen));
    await report.holds('a pod of a namespace without a client is refused', 2, async () => isRefused(await bookinfo.steal(stranger)));
    await report.check('it never came as far as the machine', () =>
      (machine.proxy.log.since().some((line) => line.principal === stranger.principal) ? 'its account is in the machine\'s access log' : undefined));
    await report.holds('a pod without a sidecar, at the address of the machine, is denied: it has no identity', 2, async () =>
      isRefused(await bookinfo.steal(bare, machine.address)));
    await report.check('the machine has denied what came without one', async () => {
      // who waits for the greeting waits for ever: the sidecar looks at the first bytes of the client before it chooses between plaintext and TLS
      await hearsNothing(bare, machine.address, 3306, 'anything');
      return denied(machine, undefined);
    });

    await lab.kube.put({
      apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: { name: 'default', namespace: 'vm' }, spec: { mtls: { mode: 'STRICT' } },
    });
    await report.check('a PeerAuthentication STRICT holds on the machine: what is not mutual TLS does not come as far as the policy', async () => {
      await hearsNothing(bare, machine.address, 3306, 'anything');
      return machine.proxy.log.since().some((line) => line.details === 'filter_chain_not_found' || line.flags === 'NR') ? undefined : 'no such line in the access log';
    });
    await report.check('and ratings is served', () => bookinfo.shows('1 and 4'));

    await machine.leave();
    await report.check('the agent stops: the ratings cannot be read, though the database runs and its WorkloadEntry is there', () => bookinfo.shows(BLOCKED), { steady: 2 });
    await join(lab, bookinfo);
    await report.check('it is back: the stars are 1 and 4', () => bookinfo.shows('1 and 4'), { seconds: 30 });
    await lab.kube.remove(bookinfo.manifest.yaml);
    await report.check('everything deleted: the database is blocked', async () => isRefused(await bookinfo.steal(bookinfo.ratings.pod, machine.address)), { steady: 2 });
  },
};

export const virtualMachineRegisters: Scenario = {
  name: 'virtual-machine-registers',
  promise: 'a virtual machine registers itself with a WorkloadGroup, serves as long as it is ready, and is gone when its agent is',
  async run(lab, report) {
    const bookinfo = await Bookinfo.beforeMachine(lab, 'workload-group', '192.0.2.30');
    const registered = async (): Promise<KubeObject[]> => lab.kube.list('/apis/networking.istio.io/v1/namespaces/vm/workloadentries');
    await bookinfo.apply();
    await report.check('no machine: the ratings cannot be read', () => bookinfo.shows(BLOCKED), { steady: 2 });

    const machine = await join(lab, bookinfo);
    await report.check('istiod has made a WorkloadEntry of the machine, with the account of the group', async () => {
      const [entry] = await registered();
      const { name } = entry?.metadata ?? {};
      return name === `mysqldb-${machine.address}` && entry.spec.serviceAccount === 'mysqldb' ? undefined : `found ${name ?? 'none'} with ${entry?.spec.serviceAccount}`;
    });
    await readsFromMachine(bookinfo, report);
    await report.check('the sidecar on the machine sees the identity of ratings, over TLS', () => admitted(machine, bookinfo.ratings.pod));
    await report.holds('reviews is denied', 2, async () => isRefused(await bookinfo.steal(bookinfo.reviews)));

    const endpoints = async (): Promise<string> => {
      const clusters = await bookinfo.ratings.pod.proxy.admin('clusters');
      return clusters.split('\n').filter((line) => line.startsWith(`outbound|3306||${bookinfo.host}::`) && line.includes(':3306::health_flags')).join(' ');
    };
    await report.check('the client has one endpoint', async () => ((await endpoints()).includes(machine.address) ? undefined : `got ${await endpoints()}`));
    await bookinfo.database.down();
    const down = Date.now();
    await report.check('the database is down: the client has no endpoint', async () => {
      const found = await endpoints();
      return found.includes(machine.address) ? found : undefined;
    }, { seconds: 60 });
    report.measure('seconds until a machine that is not ready is left out', Math.round((Date.now() - down) / 1000));
    await bookinfo.database.up();
    await report.check('it is up again: the stars are 1 and 4', () => bookinfo.shows('1 and 4'), { seconds: 60 });

    await machine.leave();
    const left = Date.now();
    await report.check('the agent stops: its WorkloadEntry is gone', async () => {
      const entries = await registered();
      return entries.length === 0 ? undefined : `${entries.length} are there`;
    }, { seconds: 60 });
    report.measure('seconds until a machine that has left is removed', Math.round((Date.now() - left) / 1000));
    await report.check('and the ratings cannot be read', () => bookinfo.shows(BLOCKED), { steady: 2 });
  },
};

const ENTRY = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'mysqldb', namespace: 'vm' },
  spec: {
    hosts: ['mysqldb.internal'],
    ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }],
    location: 'MESH_INTERNAL',
    resolution: 'STATIC',
    workloadSelector: { labels: { app: 'mysqldb' } },
  },
};

export const virtualMachineAsEntry: Scenario = {
  name: 'virtual-machine-as-entry',
  promise: 'why the library writes a Service: a MESH_INTERNAL ServiceEntry of a machine has no name without DNS capture, and captures its whole port',
  async run(lab, report) {
    const bookinfo = await Bookinfo.beforeMachine(lab, 'workload-entries', '192.0.2.30');
    const others = await lab.mariadb({ address: '198.51.100.30', sql: 'select 1' });
    const machine = await join(lab, bookinfo);
    const { pod } = bookinfo.ratings;
    // the lock-down of the example names the Service, not this entry
    await lab.kube.apply(bookinfo.manifest.without('Service', 'Sidecar'));
    await lab.kube.remove(JSON.stringify(bookinfo.manifest.one('Service', 'mysqldb')));
    await lab.kube.put(ENTRY);
    await report.check('the machine is reached in mutual TLS, at an address that is not its own', async () => {
      const answer = await bookinfo.steal(pod, others.address);
      return answer.ok ? admitted(machine, pod) : answer.text;
    }, { seconds: 30 });
    await report.check('the name does not resolve', async () => {
      const { code, stdout } = await pod.exec(['getent', 'hosts', 'mysqldb.internal']);
      return code === 0 ? stdout : undefined;
    });
    await lab.kube.put({ ...ENTRY, spec: { ...ENTRY.spec, addresses: [machine.address] } });
    await report.check('with the address of the machine it captures that one alone', async () => isRefused(await bookinfo.steal(pod, others.address)), { steady: 2 });
    await report.check('and the machine is reached at it', async () => {
      const answer = await bookinfo.steal(pod, machine.address);
      return answer.ok ? undefined : answer.text;
    });
  },
};
