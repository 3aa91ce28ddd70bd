import * as path from 'node:path';
import { Authority } from './certificates';
import { Machine } from './machine';
import type { Network } from './network';

export interface WebsiteOptions {
  readonly address: string;
  readonly host: string;
  /** What it answers, so that a test sees which one it has reached. */
  readonly who: string;
  /** The names in its certificate; the host when left out. */
  readonly names?: readonly string[];
  /** The file of the authority whose certificates it demands from clients of HTTPS; nobody's when left out. */
  readonly clients?: string;
  /** What it answers under other paths, whatever the query. */
  readonly pages?: Readonly<Record<string, string>>;
}

/** Paths: `/` who it is, `/host` the host of the request, `/headers` the names of its headers, `/client` whose certificate the client has shown, `/trailer`, `/status/<code>`, `/delay/<ms>`. */
const SERVER = `
const fs = require('node:fs');
const [who, key, cert, clients, pages] = process.argv.slice(1);
const other = JSON.parse(pages);
const answer = (request, response) => {
  const page = other[request.url.split('?')[0]];
  if (page !== undefined) { return response.end(page); }
  const [, what, value] = request.url.split('/');
  if (what === 'host') { return response.end([request.headers[':authority'] ?? request.headers.host, request.headers['x-forwarded-host']].filter(Boolean).join(' ')); }
  if (what === 'headers') { return response.end(Object.keys(request.headers).sort().join(' ')); }
  if (what === 'client') { return response.end(request.socket.getPeerCertificate?.().subject?.CN ?? 'nobody'); }
  if (what === 'version') { return response.end(request.httpVersion); }
  if (what === 'trailer') { response.addTrailers({ 'x-trailer': who }); }
  if (what === 'status') { response.statusCode = Number(value); }
  setTimeout(() => response.end(who), what === 'delay' ? Number(value) : 0);
};
const tls = { key: fs.readFileSync(key), cert: fs.readFileSync(cert) };
const demand = clients ? { ca: fs.readFileSync(clients), requestCert: true, rejectUnauthorized: true } : {};
require('node:http').createServer(answer).listen(80);
require('node:http2').createServer(answer).listen(8080);
require('node:https').createServer({ ...tls, ...demand }, answer).listen(443);
`;

/** An HTTP (80), HTTP/2 (8080, without TLS) and HTTPS (443) server on a host outside the mesh. */
export class Website {
  static async start(network: Network, folder: string, options: WebsiteOptions): Promise<Website> {
    const { address, host, who, names = [host], clients = '', pages = {} } = options;
    const authority = await Authority.create(path.join(folder, 'websites', host), 'lab-websites');
    const { certificate, key } = await authority.issue(host, names);
    const machine = await Machine.start(network, path.join(folder, 'outside'), { name: `web-${address}`, address });
    const server = machine.service('web', [process.execPath, '-e', SERVER, who, key, certificate, clients, JSON.stringify(pages)]);
    await server.ready('no answer', async () => (await machine.exec(['curl', '-s', '-m', '2', 'http://127.0.0.1/'])).stdout === who, 30);
    return new Website(machine, address, host, authority.certificate);
  }

  private constructor(readonly machine: Machine, readonly address: string, readonly host: string, readonly authority: string) {}
}
