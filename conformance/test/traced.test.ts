import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { writeAnybodys } from '../anybody';
import { Traced, TRACES_FILE, writeTraces } from '../traced';

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'traced-'));
afterAll(() => fs.rmSync(work, { recursive: true, force: true }));

test('every account that a set names, and one that it does not, is asked about every host and address, and about a stranger', () => {
  fs.writeFileSync(path.join(work, 'set.yaml'), JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'db', namespace: 'shop' },
    spec: { hosts: ['db.example.com'], addresses: ['192.0.2.1'], ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }], exportTo: ['shop', 'other'] },
  }));

  const asked = writeTraces(work);

  const traced = JSON.parse(fs.readFileSync(path.join(work, TRACES_FILE), 'utf8')) as Traced[];
  expect(traced).toHaveLength(asked);
  expect([...new Set(traced.map(({ namespace, account }) => `${namespace}/${account}`))]).toEqual(
    ['elsewhere/anybody', 'istio-system/anybody', 'other/anybody', 'shop/anybody']);
  expect(traced.find(({ namespace, host }) => namespace === 'shop' && host === 'db.example.com')).toMatchObject({
    address: '192.0.2.1', cluster: 'outbound|3306||db.example.com', end: 'REACHES', upstream: { endpoints: ['192.0.2.1:3306'] }, isCut: false,
  });
  expect(traced.filter(({ host }) => host === 'stranger.invalid').every(({ end }) => end === 'NOWHERE')).toBe(true);
});

test('sets of a seed are always the same', () => {
  const [one, two] = ['one', 'two'].map(name => path.join(work, name));

  expect(writeAnybodys(3, 7, one)).toBe(writeAnybodys(3, 7, two));
  const textOf = (folder: string) => fs.readdirSync(folder).map(set => fs.readFileSync(path.join(folder, set, 'set.yaml'), 'utf8'));
  expect(textOf(one)).toEqual(textOf(two));
});
