import { contains, networkOf } from '../private/network';

/** A list of ranges in an annotation. */
export class AddressList {
  private readonly ranges;

  public constructor(private readonly written: string) {
    this.ranges = written.split(',').map(item => item.trim()).filter(item => item !== '').flatMap(networkOf);
  }

  /** Whether it has an address; `perhaps` when nobody knows the address, and neither everything nor nothing is in the list. */
  public has(address: string): boolean | 'perhaps' {
    if (this.written.trim() === '*' || this.ranges.length === 0) {
      return this.written.trim() === '*';
    }
    const [inner] = networkOf(address);
    return inner === undefined ? this.ranges.some(({ length }) => length === 0) || 'perhaps' : this.ranges.some(range => contains(range, inner));
  }
}
