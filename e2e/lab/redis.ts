import * as path from 'node:path';
import { Machine } from './machine';
import type { Network } from './network';
import type { Service } from './processes';

export interface RedisOptions {
  readonly address: string;
  readonly port?: number;
  /** What `GET who` answers, so that a test sees which Redis it has reached. */
  readonly who: string;
  /** When it asks for one. */
  readonly password?: string;
  /** The host it runs on, when that has other servers too. */
  readonly machine?: Machine;
}

/** A Redis on a host outside the mesh. */
export class Redis {
  static async start(network: Network, folder: string, options: RedisOptions): Promise<Redis> {
    const machine = options.machine ?? await Machine.start(network, path.join(folder, 'outside'), { name: `redis-${options.address}`, address: options.address });
    const redis = new Redis(machine, options);
    await redis.up();
    return redis;
  }

  readonly address: string;
  readonly port: number;
  private service!: Service;

  private constructor(readonly machine: Machine, private readonly options: RedisOptions) {
    this.address = options.address;
    this.port = options.port ?? 6379;
  }

  async down(): Promise<void> {
    await this.service.end();
  }

  async up(): Promise<void> {
    const { password } = this.options;
    const server = this.machine.service(`redis-${this.port}`, [
      'redis-server', '--bind', '0.0.0.0', '--port', String(this.port), '--protected-mode', 'no', '--save', '', '--appendonly', 'no', '--dir', '/run',
      ...(password ? ['--requirepass', password] : []),
    ]);
    this.service = server;
    await server.ready('no answer', async () => {
      const outcome = await this.machine.exec([
        'redis-cli', ...(password ? ['--no-auth-warning', '-a', password] : []), '-p', String(this.port), 'set', 'who', this.options.who,
      ]);
      return outcome.stdout.trim() === 'OK';
    }, 30);
  }
}
