import { App, Chart, Duration } from 'cdk8s';
import { Credentials, EgressLockdown, Membership, MeshService, Protocol, ReadinessProbe, VirtualMachineService } from 'cdk8s-istio-egress';
import { account, bookinfo, exposed, version } from '../bookinfo';

/** Bookinfo whose ratings come from a MySQL on a virtual machine of the mesh, whose address is written here or which registers itself. */
export function bookinfoWithMysqlOnVm(app: App, variant: 'workload-entries' | 'workload-group'): Chart {
  const chart = new Chart(app, `bookinfo-${variant}`, { namespace: 'bookinfo' });
  bookinfo(chart);

  // The machine, in a namespace of its own: its team hands out the identity that the agent on it has.
  const machines = new Chart(app, `vm-${variant}`, { namespace: 'vm' });
  const mysql = new VirtualMachineService(machines, 'Mysql', {
    serviceName: 'mysqldb',
    ports: [{ number: 3306, protocol: Protocol.MYSQL }],
    membership: variant === 'workload-entries'
      ? Membership.workloadEntries('192.0.2.30')
      : Membership.workloadGroup({ readinessProbe: ReadinessProbe.tcpSocket(3306, { period: Duration.seconds(5) }) }),
    credentials: Credentials.fromSecret('ratings-mysql'),
  });

  // The version of ratings that reads it, with a service account of its own: the machine knows clients by their account.
  account(chart, 'bookinfo-ratings-v2-mysql-vm');
  const ratings = version(chart, 'ratings', 'v2-mysql-vm', {
    image: 'ratings-v2',
    account: 'bookinfo-ratings-v2-mysql-vm',
    env: [{ name: 'DB_TYPE', value: 'mysql' }],
  });
  mysql.connectFrom(ratings, { envPrefix: 'MYSQL_DB' });

  // The traffic inside the mesh: red stars, from the database. Only versions that run are named, so that analyzers find nothing.
  new MeshService(chart, 'Productpage', { host: 'productpage', versions: ['v1'] });
  new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1', 'v2', 'v3'] }).routeTo('v3');
  new MeshService(chart, 'Ratings', { host: 'ratings', versions: ['v1', 'v2-mysql-vm'] }).routeTo('v2-mysql-vm');
  new MeshService(chart, 'Details', { host: 'details', versions: ['v1'] });

  // Its pods reach each other, DNS, istiod and the machine, and nothing else.
  new EgressLockdown(chart, 'Lockdown');

  exposed(chart);
  return chart;
}
