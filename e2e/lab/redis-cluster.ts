import * as path from 'node:path';
import { Machine } from './machine';
import type { Network } from './network';
import type { Service } from './processes';
import { waitFor } from './wait';

export interface RedisMember {
  /** The name that it tells clients. */
  readonly host: string;
  readonly address: string;
}

const PORT = 6379;

/** A Redis Cluster on hosts outside the mesh: every member is a master, and redirects what is not in its own slots to the others. */
export class RedisCluster {
  static async start(network: Network, folder: string, members: readonly RedisMember[]): Promise<RedisCluster> {
    const machines = await Promise.all(members.map(async ({ host, address }) => {
      const machine = await Machine.start(network, path.join(folder, 'outside'), { name: `redis-${address}`, address });
      const server = machine.service('redis', [
        'redis-server', '--bind', '0.0.0.0', '--port', String(PORT), '--protected-mode', 'no', '--save', '', '--appendonly', 'no', '--dir', '/run',
        '--cluster-enabled', 'yes', '--cluster-announce-ip', address, '--cluster-announce-hostname', host, '--cluster-preferred-endpoint-type', 'hostname',
      ]);
      await answers(machine, server);
      return machine;
    }));
    const cluster = new RedisCluster(machines);
    await cluster.form();
    return cluster;
  }

  private constructor(readonly machines: readonly Machine[]) {}

  /** What the members call each other when they redirect a client. */
  async redirectBy(what: 'hostname' | 'ip'): Promise<void> {
    for (const machine of this.machines) { await machine.must([...CLI, 'config', 'set', 'cluster-preferred-endpoint-type', what]); }
  }

  /** What one member holds under a key, asked on its own host; undefined when the key is not its own. */
  async holds(address: string, key: string): Promise<string | undefined> {
    const machine = this.machines.find((candidate) => candidate.address === address);
    const answer = await machine?.must([...CLI, 'get', key]);
    return answer === undefined || /^(MOVED|\(error\))/.test(answer) ? undefined : answer.trim();
  }

  private async form(): Promise<void> {
    const [first] = this.machines;
    await first.must(['redis-cli', '--cluster', 'create', ...this.machines.map(({ address }) => `${address}:${PORT}`), '--cluster-yes'], { timeout: 60 });
    for (const machine of this.machines) {
      await waitFor(`${machine.name}: the cluster`, async () => {
        const [state, slots] = [await machine.must([...CLI, 'cluster', 'info']), await machine.must([...CLI, 'cluster', 'slots'])];
        return state.includes('cluster_state:ok') && this.machines.every(({ address }) => slots.includes(address));
      });
    }
  }
}

const CLI = ['redis-cli', '-p', String(PORT)];

async function answers(machine: Machine, server: Service): Promise<void> {
  await server.ready('no answer', async () => (await machine.exec([...CLI, 'ping'])).stdout.trim() === 'PONG', 30);
}
