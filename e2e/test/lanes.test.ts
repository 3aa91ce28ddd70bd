import { halves, steps } from '../lab/lanes';

test('what waits runs beside the others, what measures runs afterwards', () => {
  expect(steps([{ name: 'a' }, { name: 'b', lane: 'beside' }, { name: 'c', lane: 'main' }, { name: 'd', lane: 'alone' }]))
    .toEqual([[['a', 'c'], ['b']], [['d']]]);
});

test('a lane without scenarios starts no lab', () => {
  expect(steps([{ name: 'b', lane: 'beside' }])).toEqual([[['b']]]);
  expect(steps([])).toEqual([]);
});

test('mistakes are shared out among two labs, those of one scenario together', () => {
  const mistakes = ['a', 'a', 'a', 'b', 'b', 'c'].map((noticedBy) => ({ noticedBy }));

  expect(halves(mistakes)).toEqual([['a'], ['b', 'c']]);
  expect(halves([{ noticedBy: 'a' }])).toEqual([['a']]);
});
