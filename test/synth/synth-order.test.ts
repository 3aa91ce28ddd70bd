import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import { Construct, DependencyGroup, IConstruct } from 'constructs';
import * as fc from 'fast-check';
import { expectSame, filesIn } from './helpers';
import { FastApp } from '../../src';
import { inTempFolder, messageOf } from '../helpers';

type What = 'chart' | 'construct' | 'object';

/** A tree as plain data: of each construct what it is and what it is in, and who depends on whom, by their numbers. */
interface Tree {
  readonly nodes: readonly { readonly what: What; readonly above: number; readonly id: string }[];
  readonly dependencies: readonly (readonly [number, number])[];
}

const anyTree: fc.Arbitrary<Tree> = fc.record({
  nodes: fc.array(fc.record({
    what: fc.constantFrom<What>('chart', 'chart', 'construct', 'object', 'object', 'object'),
    above: fc.nat(12),
    id: fc.constantFrom('a', 'b', '7', '12', '3'),
  }), { minLength: 2, maxLength: 12 }),
  dependencies: fc.array(fc.tuple(fc.nat(14), fc.nat(14)), { maxLength: 5 }),
});

/** Builds a tree; the first chart is there in any case, and objects are in charts. */
function build(app: App, { nodes, dependencies }: Tree): void {
  const made: Construct[] = [app, new Chart(app, 'first')];
  nodes.forEach(({ what, above, id }, i) => {
    const scope = made[above % made.length];
    const isInChart = scope.node.scopes.some(Chart.isChart);
    const unique = scope.node.tryFindChild(id) ? `${id}-${i}` : id;
    made.push(what === 'chart' ? new Chart(scope, unique)
      : what === 'object' && isInChart ? new ApiObject(scope, unique, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `o${i}` } })
        : new Construct(scope, unique));
  });
  dependencies.forEach(([from, to]) => made[from % made.length].node.addDependency(made[to % made.length]));
}

/** cdk8s never comes back from a construct that depends on itself and that somebody else depends on. */
const comesBack = ({ nodes, dependencies }: Tree) => dependencies.every(([from, to]) => from % (nodes.length + 2) !== to % (nodes.length + 2));

describe('charts and objects are in the order of cdk8s', () => {
  test('whatever depends on whatever', () => {
    const endings = { ordered: 0, refused: 0 };
    const anyType = fc.constantFrom(YamlOutputType.FILE_PER_CHART, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE);
    fc.assert(fc.property(anyTree.filter(comesBack), anyType, (tree, yamlOutputType) => {
      const { files } = expectSame(app => build(app, tree), { yamlOutputType, recordConstructMetadata: true });
      endings[typeof files === 'string' ? 'refused' : 'ordered']++;
    }), { numRuns: 400 });

    expect(endings.ordered).toBeGreaterThan(50);
    expect(endings.refused).toBeGreaterThan(10);
  });

  const chain = (app: App, count: number, make: (scope: App | Chart, i: number) => Construct, scope: App | Chart = app) => {
    const made = Array.from({ length: count }, (_, i) => make(scope, i));
    made.slice(1).forEach((construct, i) => made[i].node.addDependency(construct));
  };
  const object = (scope: Construct, id = 'it') => new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap' });

  test('when they depend on each other in a chain', () => {
    const { yaml } = expectSame(app => chain(app, 6, (scope, i) => object(new Chart(scope, `c${i}`))));

    expect([...yaml.matchAll(/name: (c\d)/g)].map(([, name]) => name)).toEqual(['c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
  });

  test('when they depend on groups, on constructs that hold others, and on constructs of another app', () => {
    expectSame(app => {
      const [a, b, c] = ['a', 'b', 'c'].map(id => new Chart(app, id));
      const [around, one, two] = [new Construct(a, 'around'), object(a, 'one'), object(a, 'two')];
      [object(around, 'x'), object(around, 'y'), object(b), object(c)].forEach(made => made.node.addDependency(new DependencyGroup(two)));
      one.node.addDependency(around);
      b.node.addDependency(new Chart(new App(), 'c'), new Chart(new App(), 'elsewhere'));
    });
  });

  test.each(['alone', 'with another one that depends on it'])('but for one that depends on itself, which cdk8s loses or never finishes: %s', others => inTempFolder(outdir => {
    const app = new FastApp({ outdir });
    const chart = new Chart(app, 'chart');
    const namespace = object(chart, 'namespace');
    const all = others === 'alone' ? [namespace] : [namespace, object(chart, 'other')];
    all.forEach(({ node }) => node.addDependency(namespace));

    expect(messageOf(() => app.synth())).toBe('Dependency cycle detected: chart/namespace => chart/namespace: '
      + 'a construct cannot depend on itself; leave it out where addDependency() is called for several constructs');
    expect(filesIn(outdir)).toEqual({});
    expect(messageOf(() => app.synthYaml())).toContain('Dependency cycle detected: chart/namespace => chart/namespace');
  }));

  const cycle = (depend: (a: IConstruct, b: IConstruct, app: App) => void) => (app: App) => {
    const [a, b] = ['a', 'b'].map(id => new Chart(app, id));
    depend(object(a), object(b), app);
  };

  test.each([
    ['two objects', cycle((a, b) => {
      a.node.addDependency(b);
      b.node.addDependency(a);
    })],
    ['two charts', cycle((a, b) => {
      Chart.of(a).addDependency(Chart.of(b));
      b.node.addDependency(a);
    })],
    ['a chart and one in it', (app: App) => {
      const outer = new Chart(app, 'outer');
      object(new Chart(outer, 'inner')).node.addDependency(object(outer));
    }],
    ['three objects', (app: App) => {
      const chart = new Chart(app, 'chart');
      const [a, b, c] = ['a', 'b', 'c'].map(id => object(chart, id));
      a.addDependency(b);
      b.addDependency(c);
      c.addDependency(a);
    }],
  ])('and a cycle of %s is told of in the same words', (_, make) => {
    expect(expectSame(make).files).toContain('Dependency cycle detected: ');
  });

  test('also along ten thousand objects, which cdk8s never finishes', () => inTempFolder(outdir => {
    const app = new FastApp({ outdir, yamlOutputType: YamlOutputType.FILE_PER_APP });
    const chart = new Chart(app, 'chart', { disableResourceNameHashes: true });
    chain(app, 10_000, (scope, i) => object(scope, `o${i}`), chart);
    app.synth();
    const names = [...filesIn(outdir)['app.k8s.yaml'].matchAll(/name: chart-o(\d+)/g)].map(([, number]) => Number(number));

    expect(names).toEqual(Array.from({ length: 10_000 }, (_, i) => 9_999 - i));
  }));

  test('also when thousands of objects depend on thousands of others, which are millions of pairs', () => inTempFolder(outdir => {
    const app = new FastApp({ outdir, yamlOutputType: YamlOutputType.FILE_PER_APP });
    const chart = new Chart(app, 'chart', { disableResourceNameHashes: true });
    const [first, second] = ['first', 'second'].map(id => new Construct(chart, id));
    [first, second].forEach(scope => Array.from({ length: 5_000 }, (_, i) => object(scope, `o${i}`)));
    first.node.addDependency(second);
    app.synth();
    const names = [...filesIn(outdir)['app.k8s.yaml'].matchAll(/name: chart-(\w+)-o/g)].map(([, name]) => name);

    expect(names).toEqual([...Array<string>(5_000).fill('second'), ...Array<string>(5_000).fill('first')]);
  }));
});
