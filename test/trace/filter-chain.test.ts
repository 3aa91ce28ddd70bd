import { ChainTable } from '../../src/trace/filter-chain';

test('a chain is for more server names than a call takes arguments', () => {
  const sni = Array.from({ length: 200_000 }, (_, i) => `h${i}.example.com`);
  const chain = { sni, ranges: [], isPlainHttp: false };

  expect(new ChainTable([chain]).chainsFor({ isTls: true, isHttp: false, sni: sni[199_999] })).toEqual([chain]);
});
