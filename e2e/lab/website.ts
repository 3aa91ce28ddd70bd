import * as path from 'node:path';
import { Authority } from './certificates';
import { Machine } from './machine';
import type { Network } from './network';

export interface WebsiteOptions {
  readonly address: string;
  readonly host: string;
  /** What it answers, so that a test sees which one it has reached. */
  readonly who: string;
}

const SERVER = `
const fs = require('node:fs');
const [who, key, cert] = process.argv.slice(1);
const answer = (request, response) => response.end(who);
require('node:http').createServer(answer).listen(80);
require('node:https').createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(cert) }, answer).listen(443);
`;

/** An HTTP and HTTPS server on a host outside the mesh. */
export class Website {
  static async start(network: Network, folder: string, options: WebsiteOptions): Promise<Website> {
    const { address, host, who } = options;
    const authority = await Authority.create(path.join(folder, 'websites', host), 'lab-websites');
    const { certificate, key } = await authority.issue(host, [host]);
    const machine = await Machine.start(network, path.join(folder, 'outside'), { name: `web-${address}`, address });
    const server = machine.service('web', [process.execPath, '-e', SERVER, who, key, certificate]);
    await server.ready('no answer', async () => (await machine.exec(['curl', '-sk', '-m', '2', 'https://127.0.0.1/'])).stdout === who, 30);
    return new Website(machine, address, host, authority.certificate);
  }

  private constructor(readonly machine: Machine, readonly address: string, readonly host: string, readonly authority: string) {}
}
