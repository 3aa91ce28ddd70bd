import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { isDnsLabel, isDnsName } from '../../src/private/check';
import { baseNameOf, chartNameOf } from '../../src/private/construct-names';
import { dnsLabel, labelOf, namespaceServerName, namespaceServerPrefix, objectName, serverNameOf, policyName } from '../../src/private/names';

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

test('the name of a chart has the charts that it stands in', () => {
  const name = (...ids: string[]) => {
    let scope: Construct = new App();
    ids.forEach(id => { scope = new Chart(scope, id); });
    return chartNameOf(new Construct(scope, 'Mysql'));
  };

  expect(name('shop')).toBe('shop');
  expect(name('team', 'shop')).toMatch(/^team-shop-[0-9a-f]{8}$/);
  // What a name cannot tell apart, the hash does: two charts must not write one policy.
  const alike = [['data-a'], ['data_a'], ['dataA'], ['data', 'a'], ['\u0447\u0430\u0440\u0442'], ['\u0441\u0445\u0435\u043c\u0430']].map(ids => name(...ids));
  expect(new Set(alike).size).toBe(alike.length);
  alike.forEach(each => expect(each).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/));
});

test('names that are too long for a file are cut, and end in a hash of the whole', () => {
  const part = 'x'.repeat(63);
  const names = ['a', 'b'].map(end => objectName(part, part, 'to-gateway', part, `${part}${end}`));

  names.forEach(name => expect(name).toMatch(/^[a-z0-9]([-.a-z0-9]{0,198}[a-z0-9])?$/));
  expect(names[0]).not.toBe(names[1]);
  const gateway = { serviceName: part, namespace: part };
  expect(policyName(part, part, gateway, 'one')).toHaveLength(200);
  expect(policyName(part, part, gateway, 'one')).not.toBe(policyName(part, part, gateway, 'two'));
  expect(policyName('shop', 'data', { serviceName: 'out', namespace: 'edge' }, 'one')).toBe('shop.data.out.edge.one');
});

describe('an object name', () => {
  test('has base, namespace and what tells the objects of a service apart, with dots between them', () => {
    expect(objectName('mysql', 'bookinfo')).toBe('mysql.bookinfo');
    expect(objectName('mysql', 'bookinfo', 'upstream')).toBe('mysql.bookinfo.upstream');
    expect(objectName('mysql', 'bookinfo', 'from-gateway', 2)).toBe('mysql.bookinfo.from-gateway.2');
    expect(objectName('mysql', 'bookinfo', 'to-gateway', 'shop')).toBe('mysql.bookinfo.to-gateway.shop');
  });

  test('has no namespace when none is known', () => {
    expect(objectName('mysql', undefined)).toBe('mysql');
  });

  test('differs where a name joined by dashes would not', () => {
    expect(objectName('eu-mysql', 'shop')).not.toBe(objectName('mysql', 'shop-eu'));
    expect(objectName('mysql', 'shop-eu', 'to-gateway', 'cart')).not.toBe(objectName('mysql', 'shop', 'to-gateway', 'eu-cart'));
  });

  test('is another for another base, namespace, role or client', () => {
    const label = fc.stringMatching(/^[a-z]([-a-z]{0,3}[a-z])?$/);
    const parts = fc.tuple(label, label, fc.constantFrom<'upstream' | 'to-gateway' | 'from-gateway'>('upstream', 'to-gateway', 'from-gateway'), label);

    fc.assert(fc.property(parts, parts, (one, other) => {
      expect(objectName(...one) === objectName(...other)).toBe(one.join(' ') === other.join(' '));
    }), SEED);
  });
});

describe('the server name of a host and port', () => {
  test('has port, namespace and host', () => {
    expect(serverNameOf(3306, 'bookinfo', 'mysqldb.example.com')).toBe('p3306.bookinfo.mysqldb.example.com');
  });

  test('of a whole namespace begins with what one policy covers', () => {
    expect(namespaceServerName('shop', 3306, 'bookinfo', 'mysqldb.example.com')).toBe('in.shop.bookinfo.p3306.mysqldb.example.com');
    expect(namespaceServerPrefix('shop', 'bookinfo')).toBe('in.shop.bookinfo.');
  });

  test('of a whole namespace is covered by the prefix of no other client or declaring namespace', () => {
    const label = fc.stringMatching(/^[a-z]([-a-z]{0,2}[a-z])?$/);

    fc.assert(fc.property(label, label, label, label, (client, namespace, otherClient, otherNamespace) => {
      const covered = namespaceServerName(client, 3306, namespace, 'db.example.com').startsWith(namespaceServerPrefix(otherClient, otherNamespace));
      expect(covered).toBe(client === otherClient && namespace === otherNamespace);
      expect(serverNameOf(3306, namespace, 'db.example.com').startsWith(namespaceServerPrefix(otherClient, otherNamespace))).toBe(false);
    }), SEED);
  });
});

describe('a DNS name as one label', () => {
  // Few letters, so that names meet often; also names that are too long for a label, and names that have dashes side by side.
  const label = fc.oneof(fc.stringMatching(/^[ab]([-ab]{0,4}[ab])?$/), fc.stringMatching(/^a{30,40}b?$/));
  const name = fc.array(label, { minLength: 1, maxLength: 5 }).map(labels => labels.join('.')).filter(isDnsName);

  test('has two dashes for each dot', () => {
    expect(labelOf('mysql.bookinfo')).toBe('mysql--bookinfo');
    expect(labelOf('p3306.bookinfo.mysql-db.example.com')).toBe('p3306--bookinfo--mysql-db--example--com');
  });

  test('is cut when it is too long, and ends in a hash of the whole', () => {
    expect(labelOf('x'.repeat(63))).toBe('x'.repeat(63));
    expect(labelOf(`${'x'.repeat(60)}.yy`)).toMatch(/^x{52}---[0-9a-f]{8}$/);
    expect(labelOf(`${'x'.repeat(60)}.yy`)).not.toBe(labelOf(`${'x'.repeat(60)}.yz`));
  });

  test('ends in a hash when the name has two dashes itself', () => {
    expect(labelOf('a--b')).toMatch(/^a--b---[0-9a-f]{8}$/);
    expect(labelOf('a--b')).not.toBe(labelOf('a.b'));
  });

  test('is always a DNS label', () => {
    fc.assert(fc.property(name, value => isDnsLabel(labelOf(value))), { ...SEED, numRuns: 1000 });
    fc.assert(fc.property(fc.domain().filter(isDnsName), value => isDnsLabel(labelOf(value))), SEED);
  });

  test('is another for a name that differs in nothing but "." and "--"', () => {
    const labels = fc.array(fc.constantFrom('a', 'b', 'a-b'), { minLength: 2, maxLength: 4 });
    const joint = fc.array(fc.constantFrom('.', '--', '-'), { minLength: 3, maxLength: 3 });
    const joined = (parts: string[], joints: string[]) => parts.slice(1).reduce((whole, part, i) => `${whole}${joints[i]}${part}`, parts[0]);

    fc.assert(fc.property(labels, joint, joint, (parts, one, other) => {
      const [first, second] = [joined(parts, one), joined(parts, other)];
      expect(labelOf(first) === labelOf(second)).toBe(first === second);
    }), SEED);
  });

  test('is another for another name', () => {
    fc.assert(fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 40 }), names => {
      expect(new Set(names.map(labelOf)).size).toBe(names.length);
    }), { ...SEED, numRuns: 300 });
  });
});
