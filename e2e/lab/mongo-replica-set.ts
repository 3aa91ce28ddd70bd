import * as path from 'node:path';
import { Ferretdb, type FerretdbOptions } from './ferretdb';
import { Machine } from './machine';
import type { Network } from './network';
import { nodeWith } from './node';
import type { Parts } from './parts';

export interface MongoMember {
  /** The name that drivers are told. */
  readonly host: string;
  readonly address: string;
}

export interface MongoReplicaSetOptions {
  readonly name: string;
  /** The first is the primary. */
  readonly members: readonly MongoMember[];
  readonly documents: FerretdbOptions['documents'];
}

const PORT = 27017;
const DATA_PORT = 27018;

/** Passes everything on, and changes the answer to `hello` into that of a member of a replica set. */
const MEMBER = `
const net = require('node:net');
const { deserialize, serialize, ObjectId } = require('bson');
const [me, name, hosts, data] = process.argv.slice(1);
const all = hosts.split(',');
const primary = me === all[0];
const role = { setName: name, setVersion: 1, hosts: all, primary: all[0], me, secondary: !primary };
const answer = (document) => {
  const key = ['isWritablePrimary', 'ismaster'].find((candidate) => candidate in document);
  if (key === undefined) { return undefined; }
  return serialize({ ...document, ...role, [key]: primary, ...(primary ? { electionId: new ObjectId('7fffffff0000000000000001') } : {}) });
};
// where the document of an answer begins: OP_MSG after its flags and the kind of its section, OP_REPLY after its cursor
const START = { 2013: 21, 1: 36 };
const changed = (message) => {
  const start = START[message.readInt32LE(12)];
  const document = start === undefined ? undefined : answer(deserialize(message.subarray(start), { promoteValues: false, allowObjectSmallerThanBufferSize: true }));
  if (document === undefined) { return message; }
  const whole = Buffer.concat([message.subarray(0, start), document]);
  whole.writeInt32LE(whole.length, 0);
  return whole;
};
net.createServer((client) => {
  const [host, port] = data.split(':');
  const server = net.connect({ host, port: Number(port) });
  let waiting = Buffer.alloc(0);
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
  client.pipe(server);
  server.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 16 && waiting.length >= waiting.readInt32LE(0)) {
      client.write(changed(waiting.subarray(0, waiting.readInt32LE(0))));
      waiting = waiting.subarray(waiting.readInt32LE(0));
    }
  });
  server.on('end', () => client.end());
}).listen(${PORT}, '0.0.0.0');
`;

/**
 * What a driver sees of a MongoDB replica set, on hosts outside the mesh: members that tell it each other's names, one of them the primary. FerretDB knows
 * no replica sets, so every member hands out the documents of one.
 */
export class MongoReplicaSet {
  static async start(network: Network, folder: string, parts: Parts, options: MongoReplicaSetOptions): Promise<MongoReplicaSet> {
    const { name, members, documents } = options;
    const machines = await Promise.all(members.map(({ address }) => Machine.start(network, path.join(folder, 'outside'), { name: `mongo-${address}`, address })));
    const [{ address }] = members;
    await Ferretdb.start(network, folder, parts, { address, port: DATA_PORT, documents, machine: machines[0] });
    const { command, env } = nodeWith(parts.drivers, MEMBER);
    const hosts = members.map((member) => `${member.host}:${PORT}`);
    await Promise.all(machines.map(async (machine, index) => {
      const member = machine.service('member', [...command, hosts[index], name, hosts.join(), `${address}:${DATA_PORT}`], env);
      await member.ready('no answer', async () => (await machine.exec(['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${PORT}`])).code === 0, 30);
    }));
    return new MongoReplicaSet(machines);
  }

  private constructor(readonly machines: readonly Machine[]) {}
}
