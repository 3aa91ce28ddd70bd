import * as fs from 'node:fs';
import * as path from 'node:path';
import { Machine } from './machine';
import type { Network } from './network';
import { nodeWith } from './node';
import type { Parts } from './parts';

export interface KafkaBroker {
  /** The name that it advertises; DNS has to know it before the brokers start. */
  readonly host: string;
  readonly address: string;
}

export interface KafkaOptions {
  readonly brokers: readonly KafkaBroker[];
  /** Has a partition on each broker, in their order. */
  readonly topic: string;
}

const PORT = 9092;
const CLUSTER = 'bGFiLWxhYi1sYWItbGFiLQ';

const TOPIC = `
const { Kafka, logLevel } = require('kafkajs');
const [topic, brokers] = process.argv.slice(1);
(async () => {
  const admin = new Kafka({ brokers: ['127.0.0.1:${PORT}'], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  if ((await admin.describeCluster()).brokers.length < Number(brokers)) { process.exit(1); }
  const replicaAssignment = Array.from({ length: Number(brokers) }, (_, partition) => ({ partition, replicas: [partition + 1] }));
  await admin.createTopics({ topics: [{ topic, numPartitions: -1, replicationFactor: -1, replicaAssignment }], waitForLeaders: true });
  await admin.disconnect();
})().catch(() => process.exit(1));
`;

/** A Kafka cluster on hosts outside the mesh, whose brokers tell clients each other's names. */
export class Kafka {
  static async start(network: Network, folder: string, parts: Parts, options: KafkaOptions): Promise<Kafka> {
    const { brokers, topic } = options;
    const classes = fs.readdirSync(parts.kafka).map((jar) => path.join(parts.kafka, jar)).join(':');
    const started = await Promise.all(brokers.map(async (broker, index) => {
      const machine = await Machine.start(network, path.join(folder, 'outside'), { name: `kafka-${broker.address}`, address: broker.address });
      fs.writeFileSync(path.join(machine.run, 'server.properties'), properties(brokers, index));
      await machine.must([...java(64, classes), 'kafka.tools.StorageTool', 'format', '--cluster-id', CLUSTER, '--config', '/run/server.properties'], { timeout: 60 });
      const service = machine.service('kafka', [...java(256, classes), 'kafka.Kafka', '/run/server.properties']);
      await service.ready('no answer', async () => (await machine.exec(['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${PORT}`])).code === 0, 90);
      return { machine, service };
    }));
    const [{ machine, service }] = started;
    const { command, env } = nodeWith(parts.drivers, TOPIC);
    await service.ready('no topic', async () => (await machine.exec([...command, topic, String(brokers.length)], { env })).code === 0, 60);
    return new Kafka(started.map((broker) => broker.machine));
  }

  private constructor(readonly machines: readonly Machine[]) {}
}

/** The first broker is the controller, too. */
function properties(brokers: readonly KafkaBroker[], index: number): string {
  const { host } = brokers[index];
  const controller = 9093;
  return Object.entries({
    'process.roles': index === 0 ? 'broker,controller' : 'broker',
    'node.id': index + 1,
    'controller.quorum.voters': `1@${brokers[0].address}:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    'listeners': `PLAINTEXT://0.0.0.0:${PORT}${index === 0 ? `,CONTROLLER://0.0.0.0:${controller}` : ''}`,
    'advertised.listeners': `PLAINTEXT://${host}:${PORT}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': '/run/data',
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    'num.network.threads': 1,
    'num.io.threads': 2,
    'auto.create.topics.enable': false,
  }).map(([key, value]) => `${key}=${value}\n`).join('');
}

/** A machine for Java that starts fast and stays small. */
function java(megabytes: number, classes: string): string[] {
  return ['java', `-Xmx${megabytes}m`, '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', classes];
}
