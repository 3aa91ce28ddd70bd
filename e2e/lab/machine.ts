import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Network } from './network';
import { childrenOf, type CommandOptions, must, type Outcome, run, Service } from './processes';
import { waitFor } from './wait';

export interface MachineOptions {
  /** Unique in the lab. */
  readonly name: string;
  /** A fixed address; the next free one when left out. */
  readonly address?: string;
  /** DNS search list, as the kubelet writes it. */
  readonly search?: readonly string[];
  /** Addresses by name, before DNS is asked: what `hostAliases` of a pod does. */
  readonly hosts?: Readonly<Record<string, string>>;
}

/**
 * A network, mount, process and host name space of its own: what a pod is, and what a host outside the mesh is.
 * Its first process holds everything; when that ends, the kernel ends the rest.
 */
export class Machine {
  static async start(network: Network, folder: string, options: MachineOptions): Promise<Machine> {
    const machine = new Machine(network, folder, options);
    await machine.boot();
    return machine;
  }

  readonly name: string;
  readonly address: string;
  /** Its folder; `run` in it is the machine's /run. */
  readonly folder: string;
  private first!: Service;
  private pid!: number;

  private constructor(private readonly network: Network, folder: string, private readonly options: MachineOptions) {
    this.name = options.name;
    this.address = options.address === undefined ? network.addresses.free() : network.addresses.fixed(options.address);
    this.folder = path.join(folder, options.name);
  }

  get run(): string {
    return path.join(this.folder, 'run');
  }

  get running(): boolean {
    return this.first.running;
  }

  async exec(argv: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
    return run(this.inside(argv), options);
  }

  async must(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
    return must(this.inside(argv), options);
  }

  service(name: string, argv: readonly string[], env?: Record<string, string>): Service {
    return new Service(`${this.name}: ${name}`, this.inside(argv), { log: path.join(this.folder, `${name}.log`), env });
  }

  /** As a power cut: everything in it ends at once, its address goes away. */
  async kill(): Promise<void> {
    if (!this.first.running) { return; }
    await this.first.end();
    this.network.addresses.release(this.address);
  }

  /** Takes the address away (the host does not answer any more) or gives it back. */
  async reachable(yes: boolean): Promise<void> {
    await must(['ip', 'link', 'set', this.network.portOf(this.address), yes ? 'up' : 'down']);
  }

  private inside(argv: readonly string[]): string[] {
    return ['nsenter', '--target', String(this.pid), '--net', '--mount', '--pid', '--uts', '--wdns=/', '--', ...argv];
  }

  private async boot(): Promise<void> {
    const etc = path.join(this.folder, 'etc');
    fs.rmSync(this.folder, { recursive: true, force: true });
    for (const folder of [this.run, etc, path.join(this.folder, 'etc.work')]) { fs.mkdirSync(folder, { recursive: true }); }
    // "options ndots:5" is what the kubelet writes; without it a search list walk is not what a real pod does
    const search = this.options.search ? `search ${this.options.search.join(' ')}\noptions ndots:5\n` : '';
    fs.writeFileSync(path.join(etc, 'resolv.conf'), `nameserver ${this.network.gateway}\n${search}`);
    fs.writeFileSync(path.join(etc, 'hosts'), hostsFile(this.name, this.address, this.options.hosts));
    const script = [
      'mount --make-rprivate /',
      `mount -t overlay overlay -o lowerdir=/etc,upperdir=${etc},workdir=${path.join(this.folder, 'etc.work')} /etc`,
      `mount --bind ${this.run} /run`,
      `hostname ${this.name.slice(0, 60)}`,
      'touch /run/.booted',
      'exec sleep infinity',
    ].join(' && ');
    this.first = new Service(
      this.name,
      ['unshare', '--net', '--mount', '--pid', '--uts', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script],
      { log: path.join(this.folder, 'machine.log') },
    );
    await this.first.ready('namespaces', () => fs.existsSync(path.join(this.run, '.booted')), 20);
    this.pid = await waitFor('first process', () => childrenOf(this.first.pid)[0], { seconds: 5, everyMs: 5 });
    await this.network.plug(this.pid, this.address);
  }
}

/** What the kubelet writes into /etc/hosts. */
export function hostsFile(name: string, address: string, aliases: Readonly<Record<string, string>> = {}): string {
  const lines = [['127.0.0.1', 'localhost'], [address, name], ...Object.entries(aliases).map(([host, alias]) => [alias, host])];
  return lines.map((line) => `${line.join(' ')}\n`).join('');
}
