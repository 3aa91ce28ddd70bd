import { Failure } from './failure';
import { must } from './processes';

/** The three ranges kept for documentation (RFC 5737): nothing real can be meant by them. */
const RANGES = ['192.0.2', '198.51.100', '203.0.113'];
const BRIDGE = 'lab0';
const FIRST_FREE = 64;

/** One switch inside the lab's own network namespace; there is no way out of it. */
export class Network {
  static async create(): Promise<Network> {
    const network = new Network();
    const addresses = RANGES.map((range) => `ip addr add ${range}.1/24 dev ${BRIDGE}`);
    // left alone, a bridge takes the lowest of its ports' hardware addresses, and each new pod would cut off the others until they ask again
    const bridge = `ip link add ${BRIDGE} address 02:00:00:00:00:01 type bridge`;
    await must(['sh', '-ec', ['ip link set lo up', bridge, `ip link set ${BRIDGE} up`, ...addresses].join('\n')]);
    return network;
  }

  /** Where the control plane and DNS answer. */
  readonly gateway = `${RANGES[0]}.1`;
  private readonly used = new Set<string>();
  private next = FIRST_FREE;

  private constructor() {}

  /** An address for a pod; the low ones are for the hosts outside, which have fixed addresses. */
  free(): string {
    for (let tried = 0; tried < 254 - FIRST_FREE; tried++) {
      const address = `${RANGES[0]}.${this.next}`;
      this.next = this.next >= 254 ? FIRST_FREE : this.next + 1;
      if (!this.used.has(address)) { return this.take(address); }
    }
    throw new Failure('no free address left in the lab');
  }

  /** The addresses that something has. */
  get addresses(): readonly string[] {
    return [...this.used];
  }

  release(address: string): void {
    this.used.delete(address);
  }

  portOf(address: string): string {
    const [, , third, last] = address.split('.');
    return `p${third}.${last}`;
  }

  async plug(pid: number, address: string): Promise<void> {
    if (!RANGES.some((range) => address.startsWith(`${range}.`))) {
      throw new Failure(`${address} is not in ${RANGES.map((range) => `${range}.0/24`).join(', ')}: use an address of these in examples`);
    }
    this.take(address);
    const port = this.portOf(address);
    await must(['sh', '-ec', `
      # the kernel may still be taking away the namespace of the host that had the address before
      ip link del ${port} 2>/dev/null || true
      ip link add ${port} type veth peer name eth0 netns ${pid}
      ip link set ${port} master ${BRIDGE} up
      nsenter --target ${pid} --net ip -batch - <<END
link set lo up
addr add ${address}/32 dev eth0
link set eth0 up
${RANGES.map((range) => `route add ${range}.0/24 dev eth0`).join('\n')}
route add default via ${this.gateway} dev eth0 onlink
END
    `]);
  }

  private take(address: string): string {
    this.used.add(address);
    return address;
  }
}
