import { type Answer, redis } from '../lab/clients';
import { Deployment } from '../lab/deployment';
import type { Lab } from '../lab/lab';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';

const PASSWORD = 'only-for-the-lab';
export const MANAGED = 'the managed redis';

/** A shop whose cart keeps its items in a managed Redis, as the example's manifests have it. */
export class Shop {
  static async start(lab: Lab, variant: 'direct' | 'via-gateway'): Promise<Shop> {
    const manifest = Manifest.ofExample('cart-external-redis', variant);
    const entry = manifest.entry();
    const address = String(entry.spec.addresses[0]).split('/')[0];
    const host = entry.spec.hosts[0] as string;
    await Promise.all(manifest.namespaces().map((namespace) => lab.namespace(namespace)));
    await lab.dns.set(host, address);
    const [cart, neighbour] = await Promise.all([
      Deployment.start(lab, manifest.one('Deployment'), { secrets: { password: PASSWORD } }),
      lab.caller('shop', 'neighbour'),
      lab.redis({ address, who: MANAGED, password: PASSWORD }),
    ]);
    return new Shop(lab, manifest, host, address, cart, neighbour);
  }

  private constructor(
    private readonly lab: Lab,
    readonly manifest: Manifest,
    readonly host: string,
    readonly address: string,
    readonly cart: Deployment,
    /** Lives in the same namespace under an account that nobody named. */
    readonly neighbour: Pod,
  ) {}

  async apply(): Promise<void> {
    await this.lab.kube.apply(this.manifest.yaml);
  }

  /** What cart reads, with the host, port and password that its Deployment gives it. */
  read(): Promise<Answer> {
    const { REDIS_HOST, REDIS_PORT, REDIS_PASSWORD } = this.cart.environment;
    return redis(this.cart.pod, { host: REDIS_HOST, port: Number(REDIS_PORT), password: REDIS_PASSWORD });
  }

  /** What somebody else reads who has got hold of the password. */
  steal(pod: Pod, host = this.host): Promise<Answer> {
    return redis(pod, { host, password: this.cart.environment.REDIS_PASSWORD });
  }
}
