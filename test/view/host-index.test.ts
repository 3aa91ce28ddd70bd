import { HostIndex } from '../../src/view/host-index';

function found(hosts: string[], ...names: string[]): string[] {
  const index = new HostIndex<string>();
  hosts.forEach(host => index.add(host, host));
  return index.find(names).sort();
}

describe('hosts are found', () => {
  test.each<[string, string[], string[], string[]]>([
    ['by their name', ['a.example.com', 'b.example.com'], ['a.example.com'], ['a.example.com']],
    ['by the end of it', ['a.example.com', 'a.example.org'], ['*.example.com'], ['a.example.com']],
    ['by its beginning', ['in.shop.a', 'in.shop.b', 'in.shopping.a', 'in.sho'], ['in.shop.*'], ['in.shop.a', 'in.shop.b']],
    ['by anything', ['a', 'b'], ['*'], ['a', 'b']],
    ['under a wildcard', ['*.example.com', '*.example.org'], ['a.example.com'], ['*.example.com']],
    ['under a wildcard that overlaps', ['*.example.com', '*.org'], ['a.*', '*.a.example.com'], ['*.example.com', '*.org']],
    ['whatever is asked for, under the widest', ['*'], ['a'], ['*']],
    ['not by a part', ['a.example.com'], ['example.com', 'a.example', 'a.example.co*.com'], []],
    ['not where beginning and end overlap', ['*.a.b'], ['x.a.*'], ['*.a.b']],
    ['each once', ['a'], ['a', 'a', '*'], ['a']],
  ])('%s', (_, hosts, names, expected) => {
    expect(found(hosts, ...names)).toEqual(expected);
  });
});
