import { SlipTable } from '../../src/private/slip-table';

const table = new SlipTable(['istio-system', 'bookinfo', 'team-a', 'db-1.example.com', 'api.example.com', 'shop']);

test.each([
  ['istio-sytem', 'istio-system'], ['bookinf', 'bookinfo'], ['bookinffo', 'bookinfo'], ['bokoinfo', 'bookinfo'], ['bookimfo', 'bookinfo'], ['api.exmaple.com', 'api.example.com'],
])('%s is meant as %s', (written, meant) => {
  expect(table.meantBy(written)).toBe(meant);
});

test.each([
  ['another letter that is a word', 'team-b'], ['another digit', 'db-2.example.com'], ['a digit more', 'bookinfo2'], ['another letter of a short name', 'shot'], ['a letter more of a short name', 'shops'], ['two slips', 'bookif'], ['itself', 'bookinfo'],
])('%s is another name', (_, written) => {
  expect(table.meantBy(written)).toBeUndefined();
});

test.each(['shpo', 'shopp', 'sshop'])('%s, two letters in the wrong order or one twice, is a slip of a short name too', written => {
  expect(table.meantBy(written)).toBe('shop');
});
