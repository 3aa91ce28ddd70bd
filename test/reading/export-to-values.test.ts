import { readManifests } from '../../src/reading/manifests';

/** An object of the namespace `shop`. */
function problemsOf(kind: string, exportTo: string, { namespace = 'namespace: shop', more = '', given = '' } = {}): string[] {
  const text = `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: {name: a, ${namespace}}\nspec:\n  exportTo: ${exportTo}\n${more}`;
  return readManifests([{ file: 'a.yaml', text, isNamed: true }], given).problems.map(({ line, message }) => `${line} ${message}`);
}

const KINDS = ['ServiceEntry', 'VirtualService', 'DestinationRule'];
const WEBHOOK = ': Istio\'s webhook refuses the object';
const ALONE = `${WEBHOOK}, write it alone, or the others without it`;
const ONCE = `${WEBHOOK}, write it once`;

describe.each(KINDS)('a %s', kind => {
  test.each([
    ['["*", shop]', [`5 'spec.exportTo[0]' is for every namespace, beside others, got "*"${ALONE}`]],
    ['[., "*"]', [`5 'spec.exportTo[1]' is for every namespace, beside others, got "*"${ALONE}`]],
    ['["*", "*"]', [`5 'spec.exportTo[1]' is 'spec.exportTo[0]' again, got "*"${ONCE}`]],
    ['[web, shop, web]', [`5 'spec.exportTo[2]' is 'spec.exportTo[0]' again, got "web"${ONCE}`]],
    ['[., shop]', [`5 'spec.exportTo[1]' is 'spec.exportTo[0]' again, which is the object's own namespace, got "shop"${ONCE}`]],
    ['[shop, web, .]', [`5 'spec.exportTo[2]' is 'spec.exportTo[0]' again, which is the object's own namespace, got "."${ONCE}`]],
    ['\n  - .\n  - .', [`7 'spec.exportTo[1]' is 'spec.exportTo[0]' again, got "."${ONCE}`]],
  ])('is refused with exportTo: %s', (exportTo, problems) => {
    expect(problemsOf(kind, exportTo)).toEqual(problems);
  });

  test.each(['["*"]', '[.]', '[., web]', '[shop, web]', '[]', ''])('may have exportTo: %s', exportTo => {
    expect(problemsOf(kind, exportTo)).toEqual([]);
  });

  test('has the namespace that is given where it names none, and may have any where none is', () => {
    expect(problemsOf(kind, '[., shop]', { namespace: '', given: 'shop' })).toEqual([expect.stringContaining('\'spec.exportTo[0]\' again')]);
    expect(problemsOf(kind, '[., shop]', { namespace: '', given: 'web' })).toEqual([]);
    expect(problemsOf(kind, '[., shop]', { namespace: '' })).toEqual([]);
    expect(problemsOf(kind, '[., shop]', { namespace: 'namespace: web', given: 'shop' })).toEqual([]);
  });

  test('has an entry that is no namespace told as that alone', () => {
    expect(problemsOf(kind, '["shop*", "shop*"]')).toEqual([0, 1].map(i => expect.stringContaining(`'spec.exportTo[${i}]' is no namespace, got "shop*"${WEBHOOK}`) as string));
  });
});

test('a ServiceEntry alone may be for nobody, and then for nobody else', () => {
  expect(problemsOf('ServiceEntry', '["~"]')).toEqual([]);
  expect(problemsOf('ServiceEntry', '[web, "~"]')).toEqual([`5 'spec.exportTo[1]' is for no namespace, beside others, got "~"${ALONE}`]);
  expect(problemsOf('ServiceEntry', '["~", "~"]')).toEqual([`5 'spec.exportTo[1]' is 'spec.exportTo[0]' again, got "~"${ONCE}`]);
});

test.each(KINDS.slice(1))('a %s may not be for nobody', kind => {
  const problem = `5 'spec.exportTo[0]' is no namespace, got "~"${WEBHOOK}, write the name of each, "." for its own or "*" for all: there are no patterns`;

  expect(problemsOf(kind, '["~"]')).toEqual([problem]);
  expect(problemsOf(kind, '["~", web]')).toEqual([problem]);
});

describe('a DestinationRule with a \'workloadSelector\' is for its own namespace:', () => {
  const more = '  workloadSelector: {matchLabels: {app: web}}\n';
  const beyond = (i: number, got: string) => (
    `5 'spec.exportTo[${i}]' is more than the object's own namespace, to which 'workloadSelector' keeps it, got "${got}"${WEBHOOK}, write "." alone, or remove 'exportTo'`);

  test.each([
    ['["*"]', [beyond(0, '*')]], ['[web]', [beyond(0, 'web')]], ['[., web]', [beyond(1, 'web')]], ['[., "*"]', [beyond(1, '*')]],
    ['[.]', []], ['[shop]', []], ['[]', []],
  ])('%s', (exportTo, problems) => {
    expect(problemsOf('DestinationRule', exportTo, { more })).toEqual(problems);
  });

  test('which may be any where nobody names it', () => {
    expect(problemsOf('DestinationRule', '[web]', { more, namespace: '' })).toEqual([]);
    expect(problemsOf('DestinationRule', '["*"]', { more, namespace: '' })).toEqual([beyond(0, '*')]);
  });

  test('while one with an empty field, and a ServiceEntry with one, are for whom they name', () => {
    expect(problemsOf('DestinationRule', '[web]', { more: '  workloadSelector:\n' })).toEqual([]);
    expect(problemsOf('ServiceEntry', '[web]', { more: '  workloadSelector: {labels: {app: web}}\n' })).toEqual([]);
  });
});
