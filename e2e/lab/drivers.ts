import type { Answer } from './clients';
import type { Pod } from './pod';

/** Clients that learn from one server which others there are, and connect to them by the names that they are told. */

const REDIS_CLUSTER = `
const { Cluster } = require('ioredis');
const [host, values] = process.argv.slice(1);
const cluster = new Cluster([{ host, port: 6379 }], { clusterRetryStrategy: () => null, redisOptions: { connectTimeout: 3000, retryStrategy: () => null } });
cluster.on('error', (error) => fail(error.lastNodeError ?? error));
const fail = (error) => { console.error(error.message); process.exit(1); };
(async () => {
  const read = {};
  for (const [key, value] of Object.entries(JSON.parse(values))) {
    await cluster.set(key, value);
    read[key] = await cluster.get(key);
  }
  console.log(JSON.stringify(read));
  process.exit(0);
})().catch(fail);
`;

export interface RedisClusterQuestion {
  /** The one member that it knows at first. */
  readonly host: string;
  /** What it writes, and reads again. */
  readonly values: Readonly<Record<string, string>>;
  readonly seconds?: number;
}

/** Writes to a Redis Cluster and reads again, with ioredis; the answer is what was read, as JSON. */
export function redisCluster(pod: Pod, { host, values, seconds }: RedisClusterQuestion): Promise<Answer> {
  return drive(pod, REDIS_CLUSTER, [host, JSON.stringify(values)], seconds);
}

const REDIS_SENTINEL = `
const Redis = require('ioredis');
const [host, name, command] = process.argv.slice(1);
const fail = (error) => { console.error(error.message); process.exit(1); };
const redis = new Redis({ sentinels: [{ host, port: 26379 }], name, connectTimeout: 3000, sentinelRetryStrategy: () => null, retryStrategy: () => null });
redis.on('error', fail);
redis.call(...JSON.parse(command)).then((answer) => { console.log(answer); process.exit(0); }, fail);
`;

export interface RedisSentinelQuestion {
  /** The sentinel. */
  readonly host: string;
  /** The name of the master that it is asked for. */
  readonly master: string;
  readonly command: readonly string[];
  readonly seconds?: number;
}

/** Asks the master that a sentinel names, with ioredis. */
export function redisSentinel(pod: Pod, { host, master, command, seconds }: RedisSentinelQuestion): Promise<Answer> {
  return drive(pod, REDIS_SENTINEL, [host, master, JSON.stringify(command)], seconds);
}

const MONGO = `
const { MongoClient } = require('mongodb');
const [url, name, preferences] = process.argv.slice(1);
const client = new MongoClient(url, { serverSelectionTimeoutMS: 2000, connectTimeoutMS: 2000 });
let seen;
client.on('topologyDescriptionChanged', ({ newDescription }) => { seen = newDescription; });
(async () => {
  const [database, collection] = name.split('.');
  await client.connect();
  const read = [];
  for (const readPreference of preferences.split(',')) {
    const documents = await client.db(database).collection(collection).find({}, { readPreference, projection: { _id: 0 } }).toArray();
    read.push(documents.map((document) => Object.values(document).join(' ')).join(' '));
  }
  const unknown = [...seen.servers.values()].filter((server) => server.type === 'Unknown').map((server) => server.address);
  console.log(JSON.stringify({ read, type: seen.type, servers: seen.servers.size, unknown }));
  process.exit(0);
})().catch((error) => { console.error(error.message); process.exit(1); });
`;

export interface MongoQuestion {
  readonly url: string;
  /** `database.collection`. */
  readonly collection: string;
  /** It reads once for each. */
  readonly preferences?: readonly ('primary' | 'secondary')[];
  readonly seconds?: number;
}

/** What the MongoDB driver has found. */
export interface MongoFindings {
  /** The values of all documents, for each preference. */
  readonly read: readonly string[];
  /** What the driver takes it for. */
  readonly type: string;
  /** How many servers it knows. */
  readonly servers: number;
  /** Those of them that it could not reach. */
  readonly unknown: readonly string[];
}

/** Reads a collection with the MongoDB driver; the answer is its `MongoFindings`, as JSON. */
export function mongo(pod: Pod, { url, collection, preferences = ['primary'], seconds }: MongoQuestion): Promise<Answer> {
  return drive(pod, MONGO, [url, collection, preferences.join()], seconds);
}

const KAFKA = `
const { Kafka, logLevel } = require('kafkajs');
const [broker, topic, text] = process.argv.slice(1);
const values = JSON.parse(text);
const kafka = new Kafka({ brokers: [broker], connectionTimeout: 3000, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 100, retries: 4 } });
const fail = (error) => { console.error((error.cause ?? error).message); process.exit(1); };
(async () => {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value, partition) => ({ partition, value })) });
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: values.join('-'), maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const read = [];
  await new Promise((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
    consumer.run({ eachMessage: async ({ partition, message }) => {
      if (message.value.toString() === values[partition]) { read[partition] = values[partition]; }
      if (read.filter(Boolean).length === values.length) { resolve(); }
    } }).catch(reject);
  });
  await consumer.disconnect();
  console.log(JSON.stringify(read));
  process.exit(0);
})().catch(fail);
`;

export interface KafkaQuestion {
  /** The one broker that it knows at first, with its port. */
  readonly broker: string;
  readonly topic: string;
  /** What it produces, one for each partition, and consumes again. No two questions have the same. */
  readonly values: readonly string[];
  readonly seconds?: number;
}

/** Produces and consumes with KafkaJS; the answer is what was consumed from each partition, as JSON. */
export function kafka(pod: Pod, { broker, topic, values, seconds }: KafkaQuestion): Promise<Answer> {
  return drive(pod, KAFKA, [broker, topic, JSON.stringify(values)], seconds);
}

async function drive(pod: Pod, program: string, argv: readonly string[], seconds = 10): Promise<Answer> {
  const outcome = await pod.node(program, argv, { timeout: seconds });
  const ok = outcome.code === 0;
  return { ok, text: (ok ? outcome.stdout : outcome.stderr).trim().split('\n').slice(-1)[0] || 'no answer', ms: outcome.ms };
}
