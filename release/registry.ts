import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { succeed } from '../languages/shell';

const MANIFEST = path.join(__dirname, '../package.json');

/** Runs with a registry of npm that has the packed package as its only version, and sends whoever asks for another one to the registry that npm uses. */
export async function withRegistry<T>(tarball: string, run: (registry: string) => Promise<T>): Promise<T> {
  const others = (await succeed('npm', ['config', 'get', 'registry'], path.dirname(tarball))).trim().replace(/\/$/, '');
  const server = http.createServer(({ url = '', headers }, response) => {
    if (url === '/cdk8s-istio-egress') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer(tarball, `http://${headers.host}`)));
    } else if (url === FILE) {
      fs.createReadStream(tarball).pipe(response);
    } else {
      response.writeHead(302, { location: `${others}${url}` }).end();
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    return await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const FILE = '/cdk8s-istio-egress/-/cdk8s-istio-egress.tgz';

/** What a registry says of the package. */
function answer(tarball: string, registry: string): object {
  const manifest = JSON.parse(fs.readFileSync(MANIFEST, 'utf8')) as { readonly name: string; readonly version: string };
  const integrity = `sha512-${createHash('sha512').update(fs.readFileSync(tarball)).digest('base64')}`;
  return {
    'name': manifest.name,
    'dist-tags': { latest: manifest.version },
    'versions': { [manifest.version]: { ...manifest, devDependencies: {}, dist: { tarball: `${registry}${FILE}`, integrity } } },
  };
}
