import * as fs from 'node:fs';
import { filesOf, PAGE, sectionOf, withSection } from '../peers/document';
import { PEERS } from '../peers/list';
import { CaseResult, readResults } from '../peers/results';
import { Usage } from '../peers/usage';

const usage = (wallMs: number): Usage => ({ wallMs, cpuMs: wallMs / 2, rssMb: 80 });

function result(services: number, samples: { readonly [peer: string]: readonly Usage[] }): CaseResult {
  return {
    services,
    route: 'gateway',
    charts: 1,
    objects: services * 6,
    on: { month: 'May 2026', cores: 2, node: '20.20', load: 1.5 },
    peers: Object.entries(samples).map(([peer, of]) => ({ peer, version: `${peer} 1.0`, samples: of })),
  };
}

const section = sectionOf([
  result(100, { library: [usage(800), usage(1_000)], cdk8s: [usage(400), usage(500)], kustomize: [usage(61_000)] }),
  result(1_000, { library: [usage(20_000), usage(20_000)], cdk8s: [usage(15_000), usage(15_000)], kustomize: [] }),
], PEERS);
const rowOf = (title: string) => section.split('\n').find(line => line.startsWith(`| ${title} |`));

describe('the section of the results', () => {
  test('has what the library takes, and the others as ratios to it', () => {
    expect(rowOf('this library')).toBe('| this library | 0.90 s | 0.45 s | 80 MB | 20 s | 10 s | 80 MB |');
    expect(rowOf('cdk8s')).toBe('| cdk8s | 0.50 | 0.50 | 1.00 | 0.75 | 0.75 | 1.00 |');
  });

  test('says what was run once, what was not run, and what was not measured', () => {
    expect(rowOf('Kustomize')).toBe('| Kustomize | 76, once | 76 | 1.00 | not run |  |  |');
    expect(rowOf('Helm')).toBe('| Helm | not measured |  |  | not measured |  |  |');
  });

  test('has the versions that were measured, and on what', () => {
    expect(section).toContain('| cdk8s | cdk8s 1.0 | ');
    expect(section).toContain('Measured in May 2026, 2 cores, Node 20.20; medians.');
    expect(section).toContain('\n600 objects in 2 rounds, 6,000 objects in 2 rounds.\n');
  });

  test('stands between its marks, and the rest of the page stays', () => {
    const page = fs.readFileSync(PAGE, 'utf8');
    const changed = withSection(page, 'something else\n');

    expect(changed).toContain('something else');
    expect(changed.split('<!--')[0]).toBe(page.split('<!--')[0]);
    expect(withSection(changed, sectionOf(readResults(), PEERS))).toBe(page);
    expect(() => withSection('no marks', section)).toThrow('has no place');
  });
});

test('the document and its charts are what the results give: npm run bench:peers -- --page', () => {
  for (const [file, text] of filesOf(readResults(), PEERS, fs.readFileSync(PAGE, 'utf8'))) {
    expect(fs.readFileSync(file, 'utf8')).toBe(text);
  }
});
