import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Lab } from './lab';
import type { Pod } from './pod';
import type { Service } from './processes';

export interface BackendOptions {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

/** The port that it listens on. */
export const BACKEND_PORT = 8080;

/** Paths: `/delay/<ms>`, `/status/<code>`, `/header/<name>` answers with that header of the request, any other with its name. Each request is a line of the log. */
const SERVER = `
const [port, who] = process.argv.slice(1);
require('node:http').createServer((request, response) => {
  const [, what, value] = request.url.split('/');
  console.log('request for ' + request.headers.host + ' ' + request.url);
  if (what === 'status') { response.statusCode = Number(value); }
  const answer = what === 'header' ? request.headers[value] ?? 'nothing' : who;
  setTimeout(() => response.end(answer + '\\n'), what === 'delay' ? Number(value) : 0);
}).listen(Number(port), () => console.log('ready'));
`;

/** A pod of a service inside the mesh: an HTTP server behind a sidecar that says who it is. */
export class Backend {
  static async start(lab: Lab, { name, namespace, labels }: BackendOptions): Promise<Backend> {
    await lab.namespace(namespace);
    const pod = await lab.pod({ name, namespace, account: name, labels });
    const backend = new Backend(pod, pod.service('application', [process.execPath, '-e', SERVER, String(BACKEND_PORT), name], { PATH: process.env.PATH ?? '' }));
    await backend.application.ready('no answer', () => backend.written.includes('ready\n'), 30);
    return backend;
  }

  private constructor(readonly pod: Pod, readonly application: Service) {}

  get name(): string { return this.pod.name; }

  /** The requests that it has had, as host and path. */
  get requests(): string[] {
    return this.written.split('\n').filter((line) => line.startsWith('request for ')).map((line) => line.slice('request for '.length));
  }

  private get written(): string {
    return fs.readFileSync(path.join(this.pod.machine.folder, 'application.log'), 'utf8');
  }
}
