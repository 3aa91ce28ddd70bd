import { Failure } from './failure';

/** The three ranges kept for documentation (RFC 5737): nothing real can be meant by them. */
export const RANGES = ['192.0.2', '198.51.100', '203.0.113'];
const FIRST_OF_PODS = 64;
const LAST = 254;

/** Who has which address: pods get the upper ones of the first range, hosts outside have fixed ones everywhere else. */
export class Addresses {
  private readonly used = new Set<string>();
  private next = FIRST_OF_PODS;

  /** For a pod. */
  free(): string {
    for (let tried = 0; tried <= LAST - FIRST_OF_PODS; tried++) {
      const address = `${RANGES[0]}.${this.next}`;
      this.next = this.next >= LAST ? FIRST_OF_PODS : this.next + 1;
      if (!this.used.has(address)) { return this.take(address); }
    }
    throw new Failure('no free address left in the lab');
  }

  /** For a host outside, which has the same address in every run. */
  fixed(address: string): string {
    const [range, last] = [address.slice(0, address.lastIndexOf('.')), Number(address.slice(address.lastIndexOf('.') + 1))];
    if (!RANGES.includes(range)) {
      throw new Failure(`${address} is not in ${RANGES.map((known) => `${known}.0/24`).join(', ')}: use an address of these in examples`);
    }
    // whether a pod has it already depends on how many were started before
    if (range === RANGES[0] && last >= FIRST_OF_PODS) {
      throw new Failure(`${address} is one of the addresses of pods: use ${RANGES[0]}.2 to ${RANGES[0]}.${FIRST_OF_PODS - 1}, or another range`);
    }
    if (this.used.has(address)) { throw new Failure(`${address} is the address of another host that still runs`); }
    return this.take(address);
  }

  release(address: string): void {
    this.used.delete(address);
  }

  /** All that somebody has. */
  get taken(): readonly string[] {
    return [...this.used];
  }

  private take(address: string): string {
    this.used.add(address);
    return address;
  }
}
