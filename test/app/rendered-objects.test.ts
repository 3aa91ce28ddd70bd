import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ApiObject, App, Chart, JsonPatch, Lazy, Testing, YamlOutputType } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { ExternalTcp, FastApp, MeshFindings, Resolution } from '../../src';
import { RenderedObjects } from '../../src/app/rendered-objects';
import { messageOf } from '../helpers';

const NOTE = 'example.com/note';

interface Written {
  readonly metadata: { readonly annotations?: { readonly [name: string]: string } };
  readonly spec: { readonly hosts?: readonly string[]; readonly ports?: readonly { readonly number: number }[] };
}

describe('what the rules saw of an object', () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rendered-'));
  });

  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
    jest.restoreAllMocks();
  });

  function shop(yamlOutputType?: YamlOutputType) {
    const app = new App({ outdir: folder, yamlOutputType });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const service = new ExternalTcp(chart, 'Db', { host: 'db.example.com', ports: [5432], resolution: Resolution.ipAddresses('192.0.2.1') });
    return { app, chart, service, entry: service.node.findAll().find(ApiObject.isApiObject) as ApiObject };
  }

  const written = (file = 'shop.k8s.yaml') => parseAllDocuments(fs.readFileSync(path.join(folder, file), 'utf8')).map(document => document.toJS() as Written);

  test('is what is written: the object is rendered once', () => {
    const { app, entry } = shop();
    const produce = jest.fn(() => 'once');
    entry.metadata.addAnnotation(NOTE, Lazy.any({ produce }) as string);
    app.synth();

    expect(written()[0].metadata.annotations).toMatchObject({ [NOTE]: 'once' });
    expect(produce).toHaveBeenCalledTimes(1);
  });

  test('is not what is written after a label or an annotation was added by a validation, which cdk8s runs between both', () => {
    const { app, chart, entry } = shop();
    chart.node.addValidation({ validate: () => { entry.metadata.addAnnotation(NOTE, 'late'); return []; } });
    app.synth();

    expect(written()[0].metadata.annotations).toMatchObject({ [NOTE]: 'late' });
  });

  test('is not what is written after a patch by a validation', () => {
    // For this kind of output cdk8s validates only once.
    const { app, chart, entry } = shop(YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE);
    chart.node.addValidation({ validate: () => { entry.addJsonPatch(JsonPatch.replace('/spec/hosts/0', 'late.example.com')); return []; } });
    app.synth();

    expect(written('shop/ServiceEntry.db.shop.k8s.yaml')[0].spec.hosts).toEqual(['late.example.com']);
  });

  test('is not what is written when somebody asked for the findings before', () => {
    const { app, entry } = shop();
    const notes = ['early', 'late'];
    entry.metadata.addAnnotation(NOTE, Lazy.any({ produce: () => notes[0] }) as string);
    MeshFindings.of(app).list();
    notes.shift();
    app.synth();

    expect(written()[0].metadata.annotations).toMatchObject({ [NOTE]: 'late' });
  });

  test('is forgotten when the app is not written after all', () => {
    const { app, chart, entry } = shop();
    const [notes, errors] = [['early', 'late'], ['no']];
    entry.metadata.addAnnotation(NOTE, Lazy.any({ produce: () => notes[0] }) as string);
    chart.node.addValidation({ validate: () => errors.splice(0) });
    expect(() => app.synth()).toThrow('no');
    notes.shift();

    expect((chart.toJson()[0] as Written).metadata.annotations).toMatchObject({ [NOTE]: 'late' });
  });

  test('is given away once, so that nobody gets what another one changed in it', () => {
    const app = new App({ outdir: folder });
    class Twice extends Chart {
      public toJson(): Written[] {
        const [changed, again] = [super.toJson(), super.toJson()] as Written[][];
        changed.forEach(({ spec }) => (spec.ports as unknown[]).pop());
        return again;
      }
    }
    new ExternalTcp(new Twice(app, 'shop', { namespace: 'shop' }), 'Db', {
      host: 'db.example.com', ports: [5432, 5433], resolution: Resolution.ipAddresses('192.0.2.1'),
    });
    app.synth();

    expect(written()[0].spec.ports?.map(({ number }) => number)).toEqual([5432, 5433]);
  });

  test('is without the acknowledgements, which are written with it', () => {
    const { app, chart } = shop();
    new ExternalTcp(chart, 'Other', { host: 'other.example.com', ports: [5432], resolution: Resolution.ipAddresses('192.0.2.1') });
    const [{ id }] = MeshFindings.of(app).list();
    MeshFindings.of(app).acknowledge(id, 'a test');
    const acknowledged = () => {
      app.synth();
      return written().flatMap(({ metadata: { annotations } }) => annotations?.['cdk8s-istio-egress/acknowledge'] ?? []);
    };

    expect([acknowledged(), acknowledged()]).toEqual([[`${id}: a test`], [`${id}: a test`]]);
  });

  test('is plain data: a Date that a toJson() gives is a text to rules, and stays one in the file', () => {
    const { app, chart, entry } = shop();
    class Dated extends ApiObject {
      public toJson(): unknown {
        return { ...super.toJson(), spec: { hosts: ['dated.example.com'], resolution: new Date(0) } };
      }
    }
    const dated = new Dated(chart, 'Dated', { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry' });
    const rendered = new RenderedObjects(app, object => object === entry);

    expect(rendered.of(dated)).toMatchObject({ spec: { resolution: '1970-01-01T00:00:00.000Z' } });
    expect(rendered.take(dated)).toBeUndefined();
    app.synth();
    expect(fs.readFileSync(path.join(folder, 'shop.k8s.yaml'), 'utf8')).toContain('resolution: 1970-01-01\n');
  });
});

describe('an object that cannot be rendered', () => {
  const messages = (fill: (chart: Chart) => void) => [App, FastApp].flatMap(type => [false, true].map(hasService => {
    const app = new type();
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    if (hasService) {
      new ExternalTcp(chart, 'Db', { host: 'db.example.com', ports: [5432], resolution: Resolution.ipAddresses('192.0.2.1') });
    }
    fill(chart);
    return messageOf(() => app.synthYaml());
  }));

  test.each(['ConfigMap', 'Service', 'Deployment'])('is no fault of a rule: a Date in a %s', kind => {
    const expected = 'Failed serializing construct at path \'shop/it\' with name \'it\': Error: can\'t render non-simple object of type \'Date\'';
    const date = new Date(0) as unknown as string;

    expect(messages(chart => void new ApiObject(chart, 'it', { apiVersion: 'v1', kind, metadata: { name: 'it' }, spec: { date } })))
      .toEqual([expected, expected, expected, expected]);
    expect(messages(chart => void new ApiObject(chart, 'it', { apiVersion: 'v1', kind, metadata: { name: 'it', annotations: { date } } })))
      .toEqual([expected, expected, expected, expected]);
  });

  test.each(['ConfigMap', 'Service'])('because a value asks for its own chart ends, as in cdk8s: a %s', kind => {
    for (const message of messages(chart => void new ApiObject(chart, 'it', { apiVersion: 'v1', kind, spec: Lazy.any({ produce: () => Testing.synth(chart) }) }))) {
      expect(message).toMatch(/^Failed serializing construct at path 'shop\/it'.*Maximum call stack size exceeded$/);
    }
  });
});

test('a value may ask for another chart, which the rules do not look at meanwhile', () => {
  const texts = [App, FastApp].map(type => {
    const app = new type();
    const [shop, other] = ['shop', 'other'].map(id => new Chart(app, id, { namespace: 'shop' }));
    new ExternalTcp(shop, 'Db', { host: 'db.example.com', ports: [5432], resolution: Resolution.ipAddresses('192.0.2.1') });
    for (const kind of ['ConfigMap', 'Service']) {
      new ApiObject(other, kind, { apiVersion: 'v1', kind, spec: Lazy.any({ produce: () => ({ objects: Testing.synth(shop).length }) }) });
    }
    return app.synthYaml();
  });

  expect(texts[0].match(/objects: 1$/gm)).toHaveLength(2);
  expect(texts[1]).toBe(texts[0]);
});

test('a value cannot depend on the findings, which depend on it', () => {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  new ApiObject(chart, 'it', { apiVersion: 'v1', kind: 'Service', spec: Lazy.any({ produce: () => ({ findings: MeshFindings.of(app).list().length }) }) });

  expect(messageOf(() => app.synthYaml())).toContain('the findings are asked for by a value that they depend on');
});
