import * as fs from 'node:fs';
import * as path from 'node:path';
import { Machine } from './machine';
import type { Network } from './network';
import type { RedisMember } from './redis-cluster';
import { waitFor } from './wait';

export interface RedisSentinelOptions {
  /** The name under which clients ask for the master. */
  readonly master: string;
  /** The first is the master, the others follow it. DNS has to know their names before they start. Beside the last one runs the sentinel. */
  readonly members: readonly RedisMember[];
}

const PORT = 6379;
const SENTINEL_PORT = 26379;

/** A Redis with a replica on hosts outside the mesh, and a sentinel that makes the replica the master when the master is gone. */
export class RedisSentinel {
  static async start(network: Network, folder: string, options: RedisSentinelOptions): Promise<RedisSentinel> {
    const { members, master } = options;
    const sentinel = members[members.length - 1];
    const start = ({ address }: RedisMember): Promise<Machine> => Machine.start(network, path.join(folder, 'outside'), { name: `redis-${address}`, address });
    const servers = await Promise.all(members.map(start));
    const watcher = servers[servers.length - 1];
    await Promise.all(servers.map(async (machine, index) => {
      const server = machine.service('redis', [
        'redis-server', '--bind', '0.0.0.0', '--port', String(PORT), '--protected-mode', 'no', '--save', '', '--appendonly', 'no', '--dir', '/run',
        '--replica-announce-ip', members[index].host, '--repl-diskless-sync-delay', '0',
        ...(index === 0 ? [] : ['--replicaof', members[0].host, String(PORT)]),
      ]);
      await server.ready('no answer', async () => (await machine.exec(['redis-cli', 'ping'])).stdout.trim() === 'PONG', 30);
    }));
    // a sentinel asks a master for its replicas at once, and then every ten seconds
    const replicas = String(servers.length - 1);
    await waitFor('the replicas', async () => (await servers[0].must(['redis-cli', 'wait', replicas, '100'])).trim() === replicas);
    // it writes what it has seen into its configuration
    fs.writeFileSync(path.join(watcher.run, 'sentinel.conf'), [
      `port ${SENTINEL_PORT}`, 'protected-mode no', 'dir /run', 'sentinel resolve-hostnames yes', 'sentinel announce-hostnames yes',
      `sentinel announce-ip ${sentinel.host}`, `sentinel monitor ${master} ${members[0].host} ${PORT} 1`, `sentinel down-after-milliseconds ${master} 1000`,
      `sentinel failover-timeout ${master} 5000`, '',
    ].join('\n'));
    const server = watcher.service('sentinel', ['redis-server', '/run/sentinel.conf', '--sentinel']);
    await server.ready('replicas unknown', async () => {
      const known = await watcher.exec(['redis-cli', '-p', String(SENTINEL_PORT), 'sentinel', 'replicas', master]);
      return members.slice(1).every(({ host }) => known.stdout.includes(host));
    }, 30);
    return new RedisSentinel(servers, watcher, servers[0], master);
  }

  private constructor(
    readonly machines: readonly Machine[], private readonly watcher: Machine, private readonly first: Machine, private readonly name: string,
  ) {}

  /** Ends the first master; returns when the sentinel names another. */
  async failOver(): Promise<void> {
    const master = async (): Promise<string> =>
      this.watcher.must(['redis-cli', '-p', String(SENTINEL_PORT), 'sentinel', 'get-master-addr-by-name', this.name]);
    const before = await master();
    await this.first.kill();
    await waitFor('another master', async () => await master() !== before, { seconds: 30 });
  }
}
