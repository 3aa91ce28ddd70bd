import * as fs from 'node:fs';
import * as path from 'node:path';
import { Machine } from './machine';
import type { Network } from './network';
import type { Pod } from './pod';

export interface GreeterOptions {
  readonly address: string;
  readonly port: number;
  /** What it says, so that a test sees which one it has reached. */
  readonly who: string;
  /** As MySQL does, without being asked; or as Redis does, when a client has said something. */
  readonly speaks?: 'first' | 'when-asked';
  /** The host it runs on, when that has other servers too. */
  readonly machine?: Machine;
}

/** It says its name, and writes down every connection that was opened to it. */
const SERVER = `
const [port, who, speaks] = process.argv.slice(1);
const server = require('node:net').createServer((socket) => {
  console.log('connection from ' + socket.remoteAddress);
  socket.on('error', () => undefined);
  if (speaks === 'first') { socket.resume(); socket.end(who); } else { socket.once('data', () => socket.end(who)); }
});
server.listen(Number(port), '0.0.0.0', () => console.log('ready'));
`;

/** A TCP server on a host outside the mesh that says who it is, as small as it can be. */
export class Greeter {
  static async start(network: Network, folder: string, options: GreeterOptions): Promise<Greeter> {
    const { address, port, who } = options;
    const machine = options.machine ?? await Machine.start(network, path.join(folder, 'outside'), { name: `tcp-${address}`, address });
    const server = machine.service(`greeter-${port}`, [process.execPath, '-e', SERVER, String(port), who, options.speaks ?? 'first']);
    const log = path.join(machine.folder, `greeter-${port}.log`);
    await server.ready('no answer', () => fs.readFileSync(log, 'utf8').includes('ready\n'), 30);
    return new Greeter(machine, address, port, who, log);
  }

  private constructor(
    readonly machine: Machine, readonly address: string, readonly port: number, readonly who: string, private readonly log: string,
  ) {}

  /** From where connections were opened to it, one entry each. */
  get connections(): string[] {
    return connectionsIn(fs.readFileSync(this.log, 'utf8'));
  }
}

/** The clients' addresses in the log of a greeter. */
export function connectionsIn(log: string): string[] {
  return log.split('\n').filter((line) => line.startsWith('connection from ')).map((line) => line.slice('connection from '.length));
}

/** Where a client connects to: a name or an address, and a port. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** All at once; a connection that was closed without a word, and one that could not be opened, gives nothing. */
const CLIENT = `
const [targets, question, seconds] = process.argv.slice(1);
const ask = ({ host, port }) => new Promise((resolve) => {
  let said = '';
  const socket = require('node:net').connect({ host, port });
  const finish = () => { socket.destroy(); resolve(said); };
  if (question) { socket.on('connect', () => socket.write(question)); }
  socket.setTimeout(Number(seconds) * 1000, finish);
  socket.on('data', (chunk) => { said += chunk; });
  socket.on('error', finish);
  socket.on('close', finish);
});
Promise.all(JSON.parse(targets).map(ask)).then((all) => console.log(JSON.stringify(all)));
`;

/** What servers say to a pod that connects and waits, or that asks a question: for each target every byte that came, in their order. */
export async function greetings(pod: Pod, targets: readonly Target[], question = ''): Promise<string[]> {
  return JSON.parse(await pod.machine.must([process.execPath, '-e', CLIENT, JSON.stringify(targets), question, '5'], { timeout: 15 })) as string[];
}
