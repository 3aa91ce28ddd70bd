import { object, viewOf } from './helpers';
import { PodPolicies } from '../../src/trace/access-decision';

/** Whether an ALLOW policy for a namespace admits an account of another one, or of the same. */
function admits(pattern: string, namespace: string): boolean {
  const view = viewOf([object('AuthorizationPolicy', 'policy', { rules: [{ from: [{ source: { namespaces: [pattern] } }] }] })]);
  const pods = { namespace: 'shop', labels: {}, hasLabels: true, gateways: [], port: 443 } as unknown as ConstructorParameters<typeof PodPolicies>[1];
  return new PodPolicies(view, pods).decide({ principal: { trustDomain: 'cluster.local', namespace, account: 'a' }, isHttp: false }).admitted === 'yes';
}

describe('a pattern of namespaces', () => {
  test.each([
    ['shop', 'shop', true], ['shop', 'shops', false], ['*', 'shop', true], ['sh*', 'shop', true], ['*op', 'shop', true], ['s*p', 'shop', true],
    ['s*x*p', 'shop', false], ['sh*hop', 'shop', false], ['sh*op', 'shop', true], ['*h*o*', 'shop', true], ['*o*h*', 'shop', false], ['a.b', 'axb', false],
    ['**', 'shop', true], ['shop*', 'shop', true], ['*shop', 'a-shop', true], ['shop*shop', 'shop', false],
  ])('%s is for %s: %s', (pattern, namespace, expected) => {
    expect(admits(pattern, namespace)).toBe(expected);
  });

  test('with hundreds of stars is answered, and a tenant holds nobody up with one', () => {
    expect(admits(`${'*'.repeat(400)}z`, 'shop')).toBe(false);
    expect(admits(`${'*a'.repeat(40)}*b`, 'a'.repeat(63))).toBe(false);
  });
});
