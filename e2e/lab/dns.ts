import { Resolver } from 'node:dns/promises';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Network } from './network';
import { Service } from './processes';

/** The name server of the cluster and of the world outside it, in one. It knows what it was told and answers NXDOMAIN to everything else. */
export class Dns {
  static async start(network: Network, folder: string): Promise<Dns> {
    fs.mkdirSync(folder, { recursive: true });
    const dns = new Dns(network.gateway, path.join(folder, 'hosts'));
    fs.writeFileSync(dns.file, '');
    dns.service = new Service('dnsmasq', [
      'dnsmasq', '--keep-in-foreground', '--no-resolv', '--no-hosts', '--user=root', '--log-facility=-', '--pid-file',
      `--addn-hosts=${dns.file}`, `--listen-address=${network.gateway}`, '--bind-interfaces', '--local-ttl=1',
      // Envoy's resolver gives up its walk through the search list at REFUSED; "local" answers NXDOMAIN instead
      '--local=/#/',
    ], { log: path.join(folder, 'dnsmasq.log') });
    // before it answers, a SIGHUP would end it
    await dns.service.ready('no answer', async () => (await dns.resolve('ready.test')).length === 0, 10);
    return dns;
  }

  private service!: Service;
  private readonly names = new Map<string, readonly string[]>();
  private readonly kept = new Set<string>();

  private constructor(private readonly server: string, private readonly file: string) {}

  /** From when this returns, the name has these addresses; none takes the name away. */
  async set(name: string, ...addresses: readonly string[]): Promise<void> {
    if (addresses.length === 0) { this.names.delete(name); } else { this.names.set(name, addresses); }
    this.write();
    await this.service.ready('no answer', async () => {
      this.service.signal('SIGHUP');
      const answers = await this.resolve(name);
      return answers.join() === [...addresses].sort().join();
    }, 10);
  }

  /** A name that stays when the others are cleared. */
  async always(name: string, address: string): Promise<void> {
    this.kept.add(name);
    await this.set(name, address);
  }

  async clear(): Promise<void> {
    for (const name of this.names.keys()) {
      if (!this.kept.has(name)) { this.names.delete(name); }
    }
    this.write();
    this.service.signal('SIGHUP');
  }

  private write(): void {
    fs.writeFileSync(this.file, [...this.names].flatMap(([host, all]) => all.map((address) => `${address} ${host}\n`)).join(''));
  }

  private async resolve(name: string): Promise<string[]> {
    const resolver = new Resolver({ timeout: 500, tries: 2 });
    resolver.setServers([this.server]);
    try {
      return (await resolver.resolve4(name)).sort();
    } catch (error) {
      if (['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '')) { return []; }
      throw error;
    }
  }
}
