import * as fs from 'node:fs';
import * as path from 'node:path';
import { Machine } from './machine';
import type { Network } from './network';
import { nodeWith } from './node';
import type { Parts } from './parts';
import type { Service } from './processes';

export interface FerretdbOptions {
  readonly address: string;
  readonly port?: number;
  /** What its collections hold, as `database.collection`. */
  readonly documents: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  /** The host it runs on, when that has other servers too. */
  readonly machine?: Machine;
}

const FILL = `
const { MongoClient } = require('mongodb');
const [port, documents] = process.argv.slice(1);
(async () => {
  const client = await MongoClient.connect('mongodb://127.0.0.1:' + port + '/?serverSelectionTimeoutMS=10000');
  for (const [name, all] of Object.entries(JSON.parse(documents))) {
    const [database, collection] = name.split('.');
    await client.db(database).collection(collection).deleteMany({});
    await client.db(database).collection(collection).insertMany(all);
  }
  await client.close();
})();
`;

/** A server that speaks MongoDB's protocol, on a host outside the mesh. */
export class Ferretdb {
  static async start(network: Network, folder: string, parts: Parts, options: FerretdbOptions): Promise<Ferretdb> {
    const machine = options.machine ?? await Machine.start(network, path.join(folder, 'outside'), { name: `mongo-${options.address}`, address: options.address });
    fs.mkdirSync(path.join(machine.run, 'data'));
    const database = new Ferretdb(machine, parts, options);
    await database.up();
    await database.fill(options.documents);
    return database;
  }

  readonly address: string;
  readonly port: number;
  private service!: Service;

  private constructor(readonly machine: Machine, private readonly parts: Parts, options: FerretdbOptions) {
    this.address = options.address;
    this.port = options.port ?? 27017;
  }

  /** Puts these documents in the place of what the collections hold. */
  async fill(documents: FerretdbOptions['documents']): Promise<void> {
    const { command, env } = nodeWith(this.parts.drivers, FILL);
    await this.machine.must([...command, String(this.port), JSON.stringify(documents)], { env });
  }

  async down(): Promise<void> {
    await this.service.end();
  }

  async up(): Promise<void> {
    this.service = this.machine.service('ferretdb', [this.parts.ferretdb, `0.0.0.0:${this.port}`, '/run/data']);
    await this.service.ready('no answer', async () => (await this.machine.exec(['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${this.port}`])).code === 0, 30);
  }
}
