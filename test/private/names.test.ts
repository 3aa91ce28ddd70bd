import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { isDnsLabel } from '../../src/private/check';
import { dnsLabel, baseNameOf } from '../../src/private/names';

const SEED = { seed: 20260101 };

describe('parts that are joined', () => {
  test('are a label with a dash between them', () => {
    expect(dnsLabel('bookinfo', 'mysql', 3306)).toBe('bookinfo-mysql-3306');
  });

  test('have a dash for what a label cannot have', () => {
    expect(dnsLabel('my.sql_db', 'x')).toBe('my-sql-db-x');
  });

  test('are cut at 63, with a hash of the whole', () => {
    expect(dnsLabel('x'.repeat(63))).toBe('x'.repeat(63));
    expect(dnsLabel('x'.repeat(64))).toMatch(/^x{54}-[0-9a-f]{8}$/);
    expect(dnsLabel('x'.repeat(64))).not.toBe(dnsLabel('x'.repeat(65)));
  });

  test('are not cut to two dashes', () => {
    expect(dnsLabel(`${'x'.repeat(53)}--${'y'.repeat(20)}`)).toMatch(/^x{53}-[0-9a-f]{8}$/);
  });

  test('are always a DNS label', () => {
    const part = fc.oneof(fc.stringMatching(/^[a-z0-9][-a-z0-9.]{0,80}$/), fc.integer({ min: 1, max: 65535 }));

    fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), parts => isDnsLabel(dnsLabel(...parts))), SEED);
  });
});

describe('the name of a construct', () => {
  const nameIn = (...ids: string[]) => baseNameOf(ids.reduce<Construct>((scope, id) => new Construct(scope, id), new Chart(new App(), 'Chart')));

  test.each([
    [['Mysql'], 'mysql'],
    [['RatingsMysql'], 'ratings-mysql'],
    [['RatingsMySQL'], 'ratings-my-sql'],
    [['HTTPServer'], 'http-server'],
    [['ratings-mysql'], 'ratings-mysql'],
    [['ratings_mysql'], 'ratings-mysql'],
    [['Mysql8'], 'mysql8'],
    [['Data', 'RatingsMysql'], 'data-ratings-mysql'],
  ])('%j is written as %s', (ids, name) => {
    expect(nameIn(...ids)).toBe(name);
  });
});
