import { Addresses, RANGES } from './addresses';
import { must } from './processes';

const BRIDGE = 'lab0';

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
  readonly addresses = new Addresses();

  private constructor() {}

  portOf(address: string): string {
    const [, , third, last] = address.split('.');
    return `p${third}.${last}`;
  }

  async plug(pid: number, address: string): Promise<void> {
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
}
