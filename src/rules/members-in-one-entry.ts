import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { records } from '../view/fields';

/** Stores whose members are not interchangeable, by the ports that they usually have. */
const STORES: readonly { readonly name: string; readonly ports: readonly number[]; readonly why: string }[] = [
  { name: 'Kafka', ports: [9092, 9093, 9094, 9096, 9098], why: 'each broker leads other partitions' },
  { name: 'MongoDB', ports: [27017, 27018, 27019], why: 'only the primary takes writes' },
  { name: 'Redis', ports: [6379, 6380], why: 'each node of a cluster has other keys, and only a primary takes writes' },
  { name: 'Cassandra', ports: [9042, 9142], why: 'drivers choose the node that has the data' },
];

export const membersInOneEntry: Rule = {
  id: 'MX0206',
  name: 'members-in-one-entry',
  severity: 'WARNING',
  title: 'One ServiceEntry has several members of a store that are not interchangeable.',
  why: 'A proxy chooses any endpoint of the entry, whatever member the client asked for. Kafka, MongoDB replica sets and Redis Cluster tell clients which member to connect to, and two of three connections end at another one.',
  fix: 'Write a ServiceEntry for each member, with the host that the store announces. In this library: `ExternalKafka`, `ExternalMongoReplicaSet`, `ExternalRedisCluster`.',
  related: [],
  check: view => view.entries.flatMap((entry): Finding[] => {
    const { spec } = entry.object;
    const endpoints = records(spec.endpoints).length;
    // Without resolution the client's own address is kept.
    if (entry.resolution === 'NONE' || endpoints < 2) {
      return [];
    }
    const [found] = entry.ports.flatMap(({ number, target }) => STORES.flatMap(store => (
      [number, target].filter(port => store.ports.includes(port)).map(port => ({ store, port })))));
    return found ? [{
      object: entry.object,
      field: ['spec', 'endpoints'],
      message: `'endpoints' of ${quote(entry.hosts[0])} has ${endpoints} members for port ${found.port}, where ${found.store.name} usually is: a proxy takes any of them, `
        + `and ${found.store.why}`,
      fix: { code: 'declare each member: ExternalKafka, ExternalMongoReplicaSet or ExternalRedisCluster', yaml: 'write a ServiceEntry for each member, with the host that the store announces' },
    }] : [];
  }),
};
