import * as fs from 'node:fs';
import * as path from 'node:path';
import { ApiObject, App, Chart, Helm, Include, JsonPatch, Lazy, Testing, YamlOutputType } from 'cdk8s';
import * as kplus from 'cdk8s-plus-33';
import { Construct } from 'constructs';
import { expectSame, expectSameForAll, filesIn, OUTPUT_TYPES } from './helpers';
import { ExternalMysql, ExternalTcp, FastApp, MeshFindings, Resolution } from '../../src';
import { inTempFolder, messageOf } from '../helpers';

const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap' };

const config = (scope: Construct, id: string, data: unknown = { key: id }) => new ApiObject(scope, id, { ...CONFIG, data });

const service = (scope: Construct, id = 'Mysql') => new ExternalMysql(scope, id, { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });

/** One of several of them on a port gets no connections. */
const byName = (scope: Construct, id: string) => new ExternalTcp(scope, id, {
  host: `${id.toLowerCase()}.example.com`, ports: [3306], resolution: Resolution.dns(),
});

/** What rules warn of and nobody has to see here. */
beforeEach(() => {
  jest.spyOn(console, 'warn').mockReturnValue();
});

describe('FastApp writes the files of cdk8s\'s App', () => {
  test('of an app without charts', () => {
    expectSameForAll(() => undefined);
  });

  test('of charts without objects, and of nested ones', () => {
    const written = expectSameForAll(app => {
      const outer = new Chart(app, 'outer');
      config(outer, 'first');
      config(new Chart(outer, 'inner', { namespace: 'inner', labels: { team: 'a' } }), 'second');
      config(new Chart(new Construct(outer, 'between'), 'deep'), 'third');
      new Chart(app, 'empty');
    });

    expect(Object.keys(written[1].files)).toEqual(expect.arrayContaining([expect.stringMatching(/^0000-outer-inner/)]));
  });

  test('of charts whose names are numbers, which JavaScript sorts', () => {
    expectSameForAll(app => ['b', '10', '2', 'a', '4294967295', '01'].forEach(id => {
      const chart = new Chart(app, id);
      config(chart, '7');
      config(chart, '5');
      config(new Chart(new Construct(chart, '3'), '1'), 'it');
    }));
  });

  test('of charts of one name, of which the last stays', () => {
    expectSameForAll(app => ['a', 'b'].forEach(id => {
      config(new Chart(new Construct(app, id), 'Default', { disableResourceNameHashes: true }), 'it', { id });
    }));
  });

  test('of objects of one name', () => {
    expectSameForAll(app => {
      const chart = new Chart(app, 'test');
      ['a', 'b'].forEach(id => new ApiObject(chart, id, { ...CONFIG, metadata: { name: 'same' }, data: { id } }));
    });
  });

  test('with another ending, and with the paths of constructs', () => {
    for (const yamlOutputType of OUTPUT_TYPES) {
      const { files } = expectSame(app => void service(new Chart(app, 'test', { namespace: 'shop' })), {
        yamlOutputType, outputFileExtension: '.yml', recordConstructMetadata: true,
      });
      expect(Object.keys(files)).toContain('construct-metadata.json');
    }
  });

  test('as the environment says', () => {
    inTempFolder(outdir => {
      const saved = { ...process.env };
      Object.assign(process.env, { CDK8S_OUTDIR: outdir, CDK8S_RECORD_CONSTRUCT_METADATA: 'true', CDK8S_DISABLE_SORT: 'true' });
      try {
        const app = new FastApp();
        config(new Chart(app, 'test'), 'it', { z: 1, a: 2 });
        app.synth();
      } finally {
        process.env = saved;
      }

      expect(Object.keys(filesIn(outdir))).toEqual(['construct-metadata.json', 'test.k8s.yaml']);
      expect(filesIn(outdir)['test.k8s.yaml']).toContain('  z: 1\n  a: 2\n');
    });
  });

  test('in an order of its own when keys are not sorted', () => {
    process.env.CDK8S_DISABLE_SORT = 'true';
    try {
      expectSameForAll(app => void config(new Chart(app, 'test'), 'it', { z: { b: 1, a: 2 }, a: 2 }));
    } finally {
      delete process.env.CDK8S_DISABLE_SORT;
    }
  });

  test('of objects that were patched, and got labels, annotations, finalizers and owners', () => {
    const [written] = expectSameForAll(app => {
      const { apiObject } = patched(new Chart(app, 'test', { namespace: 'shop' }));
      apiObject.metadata.addLabel('a', 'b');
      apiObject.metadata.addAnnotation('a', 'b');
      apiObject.metadata.add('generateName', 'x');
      apiObject.metadata.addFinalizers('example.com/f');
      apiObject.metadata.addOwnerReference({ ...CONFIG, name: 'owner', uid: 'uid' });
    });

    expect(written.yaml).toContain('name: patched');
  });

  test('of patches that put in an object twice, null, and nothing', () => {
    const shared = { shared: [1] };
    const [written] = expectSameForAll(app => {
      const object = config(new Chart(app, 'test'), 'it');
      object.addJsonPatch(JsonPatch.add('/data/none', null), JsonPatch.add('/data/list', [null, shared, shared]), JsonPatch.add('/data/empty', { a: null }));
    });

    expect(written.yaml).toContain('none: null');
  });

  test('of values that are made late, by resolvers and by tokens', () => {
    const [written] = expectSameForAll(app => {
      const chart = new Chart(app, 'test');
      config(chart, 'lazy', Lazy.any({ produce: () => ({ a: Lazy.any({ produce: () => 'late' }), token: { resolve: () => 'token' } }) }));
      config(chart, 'union', { quantity: new Quantity('10Mi') });
    }, { resolvers: [{ resolve: context => context.value === 'late' && context.replaceValue(`${context.key.join('.')} of ${context.obj.name}`) }] });

    expect(written.yaml).toContain('a: data.a of test-lazy');
  });

  test('of objects of cdk8s-plus, an Ingress with its own validation included', () => {
    expectSameForAll(app => {
      const chart = new Chart(app, 'test', { namespace: 'shop' });
      const deployment = new kplus.Deployment(chart, 'Web', { containers: [{ image: 'registry.example.com/web:1.0.0', portNumber: 8080 }] });
      deployment.exposeViaIngress('/', { ingress: new kplus.Ingress(chart, 'Ingress') });
      service(chart).connectFrom(deployment, { envPrefix: 'DB' });
    });
  });

  test('of included manifests and of a Helm chart', () => {
    inTempFolder(folder => {
      const manifests = path.join(folder, 'manifests.yaml');
      fs.writeFileSync(manifests, 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  on: "yes"\n  text: |\n    a\n\n    b\n---\n---\napiVersion: v1\nkind: List\nitems: []\n');
      const helm = path.join(folder, 'helm');
      fs.writeFileSync(helm, `#!/bin/sh\nsed 's/name: one/name: two/' ${manifests}\n`, { mode: 0o755 });
      const written = expectSameForAll(app => {
        const chart = new Chart(app, 'test', { namespace: 'shop' });
        new Include(chart, 'Include', { url: manifests });
        new Helm(chart, 'Helm', { chart: 'somewhere', helmExecutable: helm });
        service(chart);
      });

      expect(written[0].yaml.match(/^kind: ConfigMap$/gm)).toHaveLength(2);
    });
  });

  test('of a chart and of objects with a toJson() of their own', () => {
    const [written] = expectSameForAll(app => {
      class Loud extends Chart {
        public toJson(): unknown[] {
          return [...super.toJson().map((manifest: object) => ({ ...manifest, loud: true })), { kind: 'Added', metadata: { name: 'it' } }];
        }
      }
      class Own extends ApiObject {
        public toJson(): unknown {
          return { ...super.toJson(), own: [1, 2] };
        }
      }
      config(new Loud(app, 'loud'), 'it');
      new Own(new Chart(app, 'test'), 'own', CONFIG);
    });

    expect(written.yaml).toContain('loud: true');
    expect(written.yaml).toContain('own:\n');
  });

  test('of a chart that labels the objects of the app while it is written', () => {
    const [written] = expectSameForAll(app => {
      class Labelling extends Chart {
        public toJson(): unknown[] {
          this.node.root.node.findAll().filter(ApiObject.isApiObject).forEach(object => (object as ApiObject).metadata.addLabel('team', 'shop'));
          return super.toJson();
        }
      }
      new Labelling(app, 'first');
      const chart = new Chart(app, 'second', { namespace: 'shop' });
      config(chart, 'it');
      service(chart);
    });

    expect(written.yaml.match(/team: shop/g)).toHaveLength(2);
  });

  test('of a chart, or an object, that adds objects to a later chart while it is written', () => {
    for (const adding of ['chart', 'object', 'lazy']) {
      const [written] = expectSameForAll(app => {
        let later: Chart | undefined;
        const add = () => later?.node.tryFindChild('added') ?? config(later!, 'added').addDependency(config(later!, 'before'));
        class AddingChart extends Chart {
          public toJson(): unknown[] {
            add();
            return super.toJson();
          }
        }
        class AddingObject extends ApiObject {
          public toJson(): unknown {
            add();
            return super.toJson();
          }
        }
        const chart = new (adding === 'chart' ? AddingChart : Chart)(app, 'first');
        new (adding === 'object' ? AddingObject : ApiObject)(chart, 'adding', {
          ...CONFIG, data: adding === 'lazy' ? Lazy.any({ produce: () => ({ isNew: String(add() === undefined) }) }) : undefined,
        });
        later = new Chart(app, 'later');
        config(later, 'it');
      });

      expect(written.yaml).toContain('key: added');
    }
  });

  test('of a chart that was created, or became one that others depend on, in a validation', () => {
    const once = (add: () => void) => {
      let isAdded = false;
      return {
        validate: () => {
          if (!isAdded) {
            isAdded = true;
            add();
          }
          return [];
        },
      };
    };
    const late = expectSameForAll(app => {
      config(new Chart(app, 'a'), 'it');
      app.node.addValidation(once(() => config(new Chart(app, 'late'), 'it')));
    });
    const nested = expectSameForAll(app => {
      const chart = new Chart(app, 'a');
      config(chart, 'it');
      app.node.addValidation(once(() => config(new Chart(chart, 'late'), 'it')));
    });
    expectSameForAll(app => {
      const [a, b] = ['a', 'b'].map(id => config(new Chart(app, id), 'it'));
      app.node.addValidation(once(() => a.node.scope!.node.addDependency(b)));
    });
    expectSameForAll(app => {
      const [a, b] = ['a', 'b'].map(id => config(new Chart(app, id), 'it'));
      app.node.addValidation(once(() => config(a.chart, 'late').addDependency(b)));
    });

    expect(Object.keys(late[1].files)).toEqual(['a.k8s.yaml', 'late.k8s.yaml']);
    expect(Object.keys(nested[1].files)).toEqual([expect.stringMatching(/^0000-a-late/), '0001-a.k8s.yaml']);
  });

  test('of getters, and of objects that print themselves', () => {
    const [{ yaml }] = expectSameForAll(app => {
      const chart = new Chart(app, 'test', { namespace: 'shop' });
      service(chart);
      let asked = 0;
      new ApiObject(chart, 'Getter', { apiVersion: 'v1', kind: 'Service', spec: { get asked() { return ++asked; } } });
      config(chart, 'printed').toJson = () => ({ ...CONFIG, metadata: { name: 'printed' }, data: { *[Symbol.iterator]() { yield 'item'; } } });
    });

    expect(yaml).toMatch(/asked: 2[^]*- item/);
  });

  test('of a chart that a value removed, or that is of another app', () => {
    const [removed] = expectSameForAll(app => {
      config(new Chart(app, 'first'), 'remover', Lazy.any({ produce: () => ({ removed: String(app.node.tryRemoveChild('second')) }) }));
      config(new Chart(app, 'second'), 'removed');
    });
    const [other] = expectSameForAll(app => {
      const chart = new Chart(new App(), 'other');
      config(chart, 'of-another-app');
      Object.defineProperty(app, 'charts', { value: [chart] });
    });

    expect(removed.yaml).toContain('second-removed');
    expect(other.yaml).toContain('of-another-app');
  });

  test('of values, tokens, objects and resolvers that count how often they are asked', () => {
    let resolved = 0;
    const resolvers = [{
      resolve: (context: { value: unknown; replaceValue: (value: unknown) => void }) => context.value === 'count' && context.replaceValue(`n${++resolved}`),
    }];
    const build = (app: App) => {
      resolved = 0;
      let asked = 0;
      class Counting extends ApiObject {
        public toJson(): unknown {
          return { ...super.toJson(), asked: ++asked };
        }
      }
      const chart = new Chart(app, 'test', { namespace: 'shop', labels: { lazy: Lazy.any({ produce: () => `l${++asked}` }) as string } });
      const spec = { bigint: 1n, lazy: Lazy.any({ produce: () => ++asked }), token: { resolve: () => ++asked }, resolved: 'count' };
      service(chart);
      new ApiObject(chart, 'Service', { apiVersion: 'v1', kind: 'Service', spec });
      new Counting(new Chart(app, 'other'), 'Policy', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { annotations: { a: 'count' } }, spec });
    };
    expectSameForAll(build);
    const [written] = expectSameForAll(build, { resolvers });

    expect(written.yaml).toMatch(/resolved: n\d/);
  });

  test('of an app that decides which charts there are', () => inTempFolder(outdir => {
    const written = [App, FastApp].map(type => {
      class Choosing extends type {
        public get charts(): Chart[] {
          return super.charts.filter(({ node }) => node.id !== 'left-out').reverse();
        }
      }
      const app = new Choosing({ outdir, recordConstructMetadata: true });
      ['a', 'left-out', 'b'].forEach(id => config(new Chart(app, id), 'it'));
      app.synth();
      const files = filesIn(outdir);
      fs.readdirSync(outdir).forEach(file => fs.rmSync(path.join(outdir, file)));
      return { files, yaml: app.synthYaml() };
    });

    expect(written[1]).toEqual(written[0]);
    expect(Object.keys(written[1].files)).toEqual(['a.k8s.yaml', 'b.k8s.yaml', 'construct-metadata.json']);
  }));

  test('of a chart and an object that somebody gave another toJson()', () => {
    const [written] = expectSameForAll(app => {
      const [first, second] = ['first', 'second'].map(id => new Chart(app, id));
      const object = config(first, 'it');
      Object.assign(object, { toJson: () => ({ kind: 'Own', metadata: { name: 'own' } }) });
      config(second, 'it');
      Object.assign(second, { toJson: () => [{ kind: 'OfChart', metadata: { name: 'it' } }] });
    });

    expect(written.yaml).toBe('kind: Own\nmetadata:\n  name: own\n---\nkind: OfChart\nmetadata:\n  name: it\n');
  });

  test('of an object whose file would be the folder itself', () => {
    expectSameForAll(app => void new ApiObject(new Chart(app, 'test'), 'it', { apiVersion: 'v1', kind: '', metadata: { name: '.' } }));
  });

  test('with what code of the app accepted on the objects', () => {
    const written = expectSameForAll(app => {
      const chart = new Chart(app, 'test', { namespace: 'shop' });
      byName(chart, 'Orders');
      MeshFindings.of(byName(chart, 'Stock')).acknowledge('MX0203', 'moves on Monday');
      service(chart);
    });

    expect(written.filter(({ yaml }) => yaml.includes('MX0203: moves on Monday'))).toHaveLength(OUTPUT_TYPES.length);
  });

  test('of objects that a validation changes after the rules looked', () => {
    const [written] = expectSameForAll(app => {
      const mysql = service(new Chart(app, 'test', { namespace: 'shop' }));
      mysql.node.addValidation({
        validate: () => {
          ApiObject.of(mysql).metadata.addLabel('validated', 'yes');
          return [];
        },
      });
    });

    expect(written.yaml).toContain('validated: "yes"');
  });

  test.each(['a Lazy', 'a toJson()'])('of objects of all kinds that %s changes when they are still to be written', code => {
    class Own extends ApiObject {
      public constructor(scope: Chart, private readonly change: () => object) {
        super(scope, 'Own', CONFIG);
      }

      public toJson(): unknown {
        return { ...super.toJson(), data: this.change() };
      }
    }
    const [{ yaml }] = expectSameForAll(app => {
      const chart = new Chart(app, 'shop', { namespace: 'shop' });
      const change = () => {
        later.metadata.addLabel('team', 'a');
        ApiObject.of(db).metadata.addLabel('team', 'a');
        return { key: 'value' };
      };
      if (code === 'a Lazy') {
        new ApiObject(chart, 'Lazy', { ...CONFIG, data: Lazy.any({ produce: change }) });
      } else {
        new Own(chart, change);
      }
      const later = new ApiObject(chart, 'Service', { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 1 }] } });
      const db = new ExternalTcp(chart, 'Db', { host: 'db.example.com', ports: [5432], resolution: Resolution.ipAddresses('192.0.2.1') });
    });

    expect(yaml.match(/team: a/g)).toHaveLength(2);
  });

  test('again after a change', () => {
    const written = [App, FastApp].map(type => inTempFolder(outdir => {
      const app = new type({ outdir });
      const mysql = service(new Chart(app, 'test', { namespace: 'shop' }));
      app.synth();
      ApiObject.of(mysql).metadata.addLabel('second', 'time');
      app.synth();
      ApiObject.of(mysql).addJsonPatch(JsonPatch.add('/spec/third', 'time'));
      app.synth();
      return filesIn(outdir);
    }));

    expect(written[1]).toEqual(written[0]);
    expect(written[1]['test.k8s.yaml']).toMatch(/second: time[^]*third: time/);
  });
});

describe('FastApp fails as cdk8s\'s App does', () => {
  const failsAlike = (build: (app: App) => void) => {
    const written = expectSameForAll(build);
    written.forEach(({ files }) => expect(typeof files).toBe('string'));
    return String(written[1].files);
  };

  test('for validations, with those of all constructs', () => {
    expect(failsAlike(app => {
      const chart = new Chart(app, 'test', { namespace: 'shop' });
      service(chart, 'One');
      service(chart, 'Two');
      chart.node.addValidation({ validate: () => ['first', 'second'] });
    })).toContain('[test] first\n  [test] second');
  });

  test('for an object that cannot be rendered', () => {
    expect(failsAlike(app => {
      config(new Chart(app, 'fine'), 'it');
      config(new Chart(app, 'test'), 'it', new Date(0));
    })).toContain('Failed serializing construct at path \'test/it\'');
  });

  test('for one that cannot be printed', () => {
    expect(failsAlike(app => void config(new Chart(app, 'test'), 'it', { call: () => 1 }))).toContain('Tag not resolved for Function value');
  });

  test('for a value that is made late, and is not asked again', () => {
    expect(failsAlike(app => {
      let asked = 0;
      const produce = () => {
        if (++asked === 1) {
          throw new Error('not yet');
        }
        return {};
      };
      config(new Chart(app, 'test'), 'it', Lazy.any({ produce }));
    })).toContain('Error: not yet');
  });

  test('for something that is no manifest, and for validations that are no list', () => {
    expect(expectSame(app => {
      const object = config(new Chart(app, 'test'), 'it');
      Object.assign(object, { toJson: () => null });
    }, { yamlOutputType: YamlOutputType.FILE_PER_RESOURCE }).files).toContain('Cannot read properties of null');
    expect(failsAlike(app => void Object.assign(app.node, { validate: () => new Set(['wrong']) }))).toContain('[] wrong');
  });

  test('for validations before dependencies that lead out of all charts, and the other way round as text', () => {
    const [{ files, yaml }] = expectSameForAll(app => {
      const chart = new Chart(app, 'test');
      config(chart, 'it').node.addDependency(app);
      chart.node.addValidation({ validate: () => ['wrong'] });
    });

    expect(files).toContain('[test] wrong');
    expect(yaml).toContain('cannot find a parent chart');
  });
});

describe('FastApp', () => {
  test('leaves the output as it was when a later chart cannot be rendered', () => inTempFolder(outdir => {
    for (const yamlOutputType of OUTPUT_TYPES) {
      const before = new FastApp({ outdir, yamlOutputType });
      config(new Chart(before, 'a'), 'it');
      before.synth();
      const old = filesIn(outdir);
      const app = new FastApp({ outdir, yamlOutputType });
      config(new Chart(app, 'a'), 'it', { changed: 'yes' });
      config(new Chart(app, 'b'), 'it', { call: () => 1 });

      expect(messageOf(() => app.synth())).toContain('Tag not resolved');
      expect(filesIn(outdir)).toEqual(old);
    }
  }));

  test.each([YamlOutputType.FILE_PER_RESOURCE, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE])(
    'leaves the output as it was when a later object has a name that is too long for a file (%s)', yamlOutputType => inTempFolder(outdir => {
      const before = new FastApp({ outdir, yamlOutputType });
      config(new Chart(before, 'a'), 'it');
      before.synth();
      const old = filesIn(outdir);
      const app = new FastApp({ outdir, yamlOutputType });
      const chart = new Chart(app, 'a');
      config(chart, 'it', { changed: 'yes' });
      new ApiObject(chart, 'Long', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'n'.repeat(250) } });

      expect(messageOf(() => app.synth())).toContain('ENAMETOOLONG');
      expect(filesIn(outdir)).toEqual(old);
    }));

  test('has no method that one of a subclass could take the place of, and is any App to types', () => inTempFolder(outdir => {
    class OwnApp extends FastApp {
      public write(): string {
        return 'own';
      }

      public validated(): string {
        return 'own';
      }
    }
    const app: App = new OwnApp({ outdir, yamlOutputType: YamlOutputType.FILE_PER_CHART });
    const fast: FastApp = App.of(new Chart(app, 'test'));
    config(fast.charts[0], 'it');
    fast.synth();

    expect(Object.keys(filesIn(outdir))).toEqual(['test.k8s.yaml']);
  }));

  test('asks lists that are tokens', () => inTempFolder(outdir => {
    class TokenList extends Array<string> {
      public resolve(): string[] {
        return ['resolved'];
      }
    }
    const app = new FastApp({ outdir, yamlOutputType: YamlOutputType.FILE_PER_CHART });
    config(new Chart(app, 'test'), 'it', { list: TokenList.from(['a']) });
    app.synth();

    expect(Object.values(filesIn(outdir)).join()).toContain('- resolved');
  }));

  test('validates what a validation adds', () => inTempFolder(outdir => {
    const app = new FastApp({ outdir, yamlOutputType: YamlOutputType.FILE_PER_CHART });
    const chart = new Chart(app, 'test', { namespace: 'shop' });
    service(chart);
    let added: ApiObject | undefined;
    chart.node.addValidation({
      validate: () => {
        if (added === undefined) {
          added = new ApiObject(chart, 'Late', {
            apiVersion: 'networking.istio.io/v1',
            kind: 'ServiceEntry',
            metadata: { name: 'late' },
            spec: { hosts: ['late.example.com'], resolution: 'STATIC', ports: [{ number: 1, name: 'tcp', protocol: 'TCP' }] },
          });
          added.node.addValidation({ validate: () => ['wrong'] });
        }
        return [];
      },
    });

    expect(messageOf(() => app.synth())).toMatch(/\[test\/Late\] wrong|MX0211/);
    expect(filesIn(outdir)).toEqual({});
  }));

  test('validates once, and asks what is made late as often as cdk8s\'s App does', () => inTempFolder(outdir => {
    const [validate, fast] = [jest.fn(() => []), jest.fn(() => ({ workloadSelector: { labels: { app: 'a' } } }))];
    const ofApp = jest.fn(fast.getMockImplementation());
    const build = (app: App, produce: () => unknown) => {
      for (const id of ['a', 'b', 'c']) {
        const chart = new Chart(app, id, { namespace: id });
        service(chart);
        config(chart, 'Config', Lazy.any({ produce }));
        new ApiObject(chart, 'Sidecar', { apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', spec: Lazy.any({ produce }) });
      }
      return app;
    };
    build(new App({ outdir }), ofApp).synth();
    const app = build(new FastApp({ outdir, yamlOutputType: YamlOutputType.FILE_PER_CHART }), fast);
    app.synth();

    expect(fast).toHaveBeenCalledTimes(ofApp.mock.calls.length);
    app.node.addValidation({ validate });
    app.synth();
    expect(validate).toHaveBeenCalledTimes(1);
  }));

  test.each([YamlOutputType.FILE_PER_CHART, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE])('looks at charts and not at the app again for each of many charts: output %s', yamlOutputType => inTempFolder(outdir => {
    const app = new FastApp({ outdir, yamlOutputType });
    for (let i = 0; i < 20; i++) {
      config(new Chart(app, `chart${i}`), 'late', Lazy.any({ produce: () => ({ key: 'value' }) }));
    }
    const findAll = jest.spyOn(app.node, 'findAll');
    app.synth();

    expect(findAll.mock.calls.length).toBeLessThan(5);
  }));

  test('prints warnings of rules once', () => inTempFolder(outdir => {
    const app = new FastApp({ outdir });
    MeshFindings.of(service(new Chart(app, 'test', { namespace: 'shop' }))).acknowledge('MX0203', 'of something else');
    app.synth();
    app.synth();

    // eslint-disable-next-line no-console
    expect(console.warn).toHaveBeenCalledTimes(1);
  }));

  test('has charts that give their manifests, also to cdk8s\'s Testing', () => {
    const chart = new Chart(new FastApp(), 'test', { namespace: 'shop' });
    service(chart);

    expect(Testing.synth(chart)).toEqual(chart.toJson());
    expect(chart.toJson()).toMatchObject([{ kind: 'ServiceEntry' }]);
  });

  test('shows charts in the order of their dependencies once it was written, as cdk8s\'s App does', () => inTempFolder(outdir => {
    const orders = [App, FastApp].map(type => {
      const app = new type({ outdir });
      const [a, b] = ['a', 'b'].map(id => config(new Chart(app, id), 'it'));
      a.addDependency(b);
      app.synth();
      return app.charts.map(({ node }) => node.id);
    });

    expect(orders[1]).toEqual(['b', 'a']);
    expect(orders[0]).toEqual(orders[1]);
  }));
});

/** What code that `cdk8s import` generated has for a number or a text. */
class Quantity {
  public constructor(public readonly value: string | number) {}
}

function patched(chart: Chart): { readonly apiObject: ApiObject } {
  const apiObject = ApiObject.of(service(chart));
  apiObject.addJsonPatch(JsonPatch.replace('/spec/ports/0/name', 'patched'), JsonPatch.add('/spec/newField', { a: [1] }));
  return { apiObject };
}
