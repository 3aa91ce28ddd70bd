import * as fs from 'node:fs';
import * as path from 'node:path';
import { Answers, Compared, comparisonPage, CORPUS, figuresOf, PAGE, refusedIn, rowsOf, Said, summaryOf } from '../comparison';

const RULE: Compared = {
  id: 'MX0203', name: 'port-captured-twice', severity: 'ERROR', title: 'Two.', related: ['IST0134', 'IST0109', 'KIA0001'],
};

const answers = (file: string, said: Partial<Answers> = {}): Answers => ({ file, apiServer: [], webhook: [], analyze: [], ...said });

const about = (object: string, code?: string): Said => ({ code, object, text: 'is wrong' });

/** The row of a rule, by what is said about its two files. */
function rowOf(fault: Partial<Answers>, clean: Partial<Answers> = {}) {
  const [row] = rowsOf([answers('MX0203-port-captured-twice/fault.yaml', fault), answers('MX0203-port-captured-twice/clean.yaml', clean)], [RULE]);
  return row;
}

describe('a mistake is found by', () => {
  test('the API server and the webhook, whatever they say', () => {
    expect(rowOf({ apiServer: [about('ServiceEntry shop/db')] })).toMatchObject({ apiServer: true, webhook: false, analyze: [] });
    expect(rowOf({ webhook: [about('ServiceEntry shop/db')] })).toMatchObject({ apiServer: false, webhook: true, analyze: [] });
  });

  test('an analyser with a code that is about it, once', () => {
    const analyze = [about('ServiceEntry shop/db', 'IST0134'), about('ServiceEntry shop/orders', 'IST0134')];

    expect(rowOf({ analyze })).toMatchObject({ analyze: ['IST0134'], besides: [], silent: ['IST0109'] });
  });

  test('no analyser with a code about something else', () => {
    expect(rowOf({ analyze: [about('VirtualService shop/db', 'IST0101')] })).toMatchObject({ analyze: [], besides: ['IST0101'] });
  });

  test('nobody who says the same about the file written right', () => {
    const said = { apiServer: [about('A')], webhook: [about('B')], analyze: [about('C', 'IST0134')] };

    expect(rowOf(said, said)).toMatchObject({ apiServer: false, webhook: false, analyze: [], besides: [] });
  });

  test('who says it about another object than in the file written right', () => {
    expect(rowOf({ analyze: [about('A', 'IST0134')] }, { analyze: [about('B', 'IST0134')] }).analyze).toEqual(['IST0134']);
  });

  test('Kiali by what its documentation says', () => {
    expect(rowOf({}).kiali).toEqual(['KIA0001']);
  });
});

test('any of three is counted once', () => {
  const row = rowOf({ webhook: [about('A')], analyze: [about('A', 'IST0134')] });

  expect(figuresOf([row, rowOf({})])).toEqual({
    'API server': 0, 'webhook': 1, '`istioctl analyze`': 1, 'any of the three': 1, 'Kiali': 2, 'this library': 2,
  });
});

test('what is right has to be accepted, what is wrong has not', () => {
  const refused = [about('ServiceEntry shop/db')];
  const said = [answers('MX0203-x/fault.yaml', { webhook: refused }), answers('MX0203-x/clean.yaml', { webhook: refused }), answers('recipes/a.yaml', { apiServer: refused })];

  expect(refusedIn(said)).toEqual(['corpus/MX0203-x/clean.yaml: ServiceEntry shop/db: is wrong', 'corpus/recipes/a.yaml: ServiceEntry shop/db: is wrong']);
});

test('the page has a line for every folder of the corpus, and the figures of a run', () => {
  const folders = fs.readdirSync(CORPUS).filter(folder => folder.startsWith('MX')).sort();
  const silent = folders.flatMap(folder => ['fault.yaml', 'clean.yaml'].map(file => answers(path.posix.join(folder, file))));
  const inPage = (page: string) => [...page.matchAll(/^\| \[MX\d{4}\]\([^ ]*\/conformance\/corpus\/([^/]+)\/fault\.yaml\)/gm)].map(([, folder]) => folder);

  expect(inPage(comparisonPage(silent))).toEqual(folders);
  expect(inPage(fs.readFileSync(PAGE, 'utf8'))).toEqual(folders);
  expect(summaryOf(silent)).toMatch(new RegExp(`^corpus: ${2 * folders.length} files, ${folders.length} mistakes; found by API server 0, webhook 0, istioctl analyze 0,`));
});
