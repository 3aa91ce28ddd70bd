import { Report } from '../lab/scenario';

const report = (): Report => new Report(() => undefined);

test('a sentence that comes true is noted', async () => {
  const asked = report();
  let answers = 0;
  await asked.check('it answers', () => (++answers > 2 ? undefined : 'silence'));
  expect(asked.checks).toEqual(['it answers']);
});

test('a sentence that never comes true fails with what was seen', async () => {
  await expect(report().check('it answers', () => 'silence', { seconds: 0.2 })).rejects.toThrow('it answers: silence');
});

test('what was true once by luck does not pass when it has to stay true', async () => {
  let asked = 0;
  const flapping = (): string | undefined => (++asked % 2 === 0 ? undefined : 'silence');
  await expect(report().check('it answers', flapping, { seconds: 1, steady: 0.4 })).rejects.toThrow('it answers: silence');
});

test('a sentence that stops being true fails', async () => {
  let asked = 0;
  await expect(report().holds('it answers', 2, async () => (++asked < 3 ? undefined : 'silence'))).rejects.toThrow('it answers: silence');
});
