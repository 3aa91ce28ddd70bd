import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { AccessLog, parseLine } from '../lab/access-log';

const LINE = '{"time":"1795272640.413","sni":"p3306.bookinfo.mysqldb.example.com","upstream":"192.0.2.14:3306","flags":"-","details":null,"sent":104}';

test('a line gives its fields, without those that Envoy leaves empty', () => {
  expect(parseLine(LINE)).toEqual({ time: 1795272640.413, sni: 'p3306.bookinfo.mysqldb.example.com', upstream: '192.0.2.14:3306', sent: 104 });
});

test('a line that is still being written gives nothing', () => {
  expect(parseLine(LINE.slice(0, 40))).toBeUndefined();
  expect(parseLine('')).toBeUndefined();
});

describe('a log', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'access-log-'));
  const file = path.join(folder, 'access.log');
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test('that is not there yet has no lines', () => {
    const log = new AccessLog(path.join(folder, 'other.log'));
    expect(log.mark()).toBe(0);
    expect(log.since()).toEqual([]);
  });

  test('gives what was written after a mark', () => {
    fs.writeFileSync(file, `${LINE}\n`);
    const log = new AccessLog(file);
    const mark = log.mark();
    fs.appendFileSync(file, '{"sni":"later"}\n');
    expect(log.since(mark)).toEqual([{ sni: 'later' }]);
    expect(log.since()).toHaveLength(2);
  });
});
