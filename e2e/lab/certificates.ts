import * as fs from 'node:fs';
import * as path from 'node:path';
import { must } from './processes';

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority of the lab: the API server's, and that of the servers outside the mesh. */
export class Authority {
  static async create(folder: string, name: string): Promise<Authority> {
    fs.mkdirSync(folder, { recursive: true });
    const authority = new Authority(folder, path.join(folder, 'ca.pem'), path.join(folder, 'ca.key'));
    await must(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
      '-keyout', authority.key, '-out', authority.certificate]);
    return authority;
  }

  private constructor(private readonly folder: string, readonly certificate: string, private readonly key: string) {}

  async issue(name: string, names: readonly string[], addresses: readonly string[] = []): Promise<Certificate> {
    const file = (ending: string): string => path.join(this.folder, `${name}.${ending}`);
    const alternative = [...names.map((dns) => `DNS:${dns}`), ...addresses.map((ip) => `IP:${ip}`)].join(',');
    await must(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
      '-addext', `subjectAltName=${alternative}`, '-addext', 'basicConstraints=critical,CA:false',
      '-CA', this.certificate, '-CAkey', this.key, '-keyout', file('key'), '-out', file('pem')]);
    return { certificate: file('pem'), key: file('key') };
  }
}
