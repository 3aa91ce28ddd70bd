import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ApiObject, App, Chart } from 'cdk8s';
import { ExternalMysql, ExternalTcp, Mesh, MeshClient, MeshService, Resolution } from '../../src';
import { AppMesh } from '../../src/app/app-mesh';
import { manifestsOf, messageOf } from '../helpers';

const STATE = Symbol.for('cdk8s-istio-egress.AppMesh');

describe('the state of an app', () => {
  test('of another copy of the package is refused, because each would check half of the app', () => {
    const app = new App();
    Object.defineProperty(app, STATE, { value: {} });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });

    expect(messageOf(() => new ExternalMysql(chart, 'Mysql', { host: 'db.example.com', resolution: Resolution.dns() })))
      .toBe('[shop/Mysql] this app uses two copies of cdk8s-istio-egress, which do not see each other\'s services: find them with "npm ls cdk8s-istio-egress" and keep one');
  });

  test('of another copy is told of the app, which has no path', () => {
    const app = new App();
    Object.defineProperty(app, STATE, { value: {} });

    expect(messageOf(() => Mesh.of(app))).toContain('[app] this app uses two copies');
  });

  test('is looked at again after a call that changes what an object says', () => {
    const app = new App();
    const service = (namespace: string) => new ExternalTcp(new Chart(app, namespace, { namespace }), 'Db', {
      host: `${namespace}.example.com`, ports: [3306], resolution: Resolution.dns(),
    });
    const shop = service('shop');
    service('data');
    expect(() => manifestsOf(app)).not.toThrow();

    shop.allowFrom(MeshClient.allIn('data'));
    expect(messageOf(() => manifestsOf(app))).toContain('[shop/Db] [MX0203]');
  });

  test('keeps the first rules of a Service, whoever else asks', () => {
    const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
    const rules = (id: string) => new MeshService(chart, id, { host: 'web', versions: ['v1'] });
    rules('A');

    expect(messageOf(() => rules('B'))).toContain('at \'shop/A\' already');
    expect(messageOf(() => rules('C'))).toContain('at \'shop/A\' already');
  });

  describe('asks a construct what is wrong with it', () => {
    let folder: string;

    beforeAll(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), 'app-mesh-'));
    });

    afterAll(() => fs.rmSync(folder, { recursive: true }));

    function asked(problems = jest.fn((): string[] => [])) {
      const app = new App({ outdir: folder });
      const charts = ['a', 'b', 'c'].map(id => new Chart(app, id, { namespace: id }));
      AppMesh.of(app).validate(charts[0], problems);
      return { app, charts, problems };
    }

    test('once while the app is written, however many charts it has', () => {
      const { app, problems } = asked();
      app.synth();

      expect(problems).toHaveBeenCalledTimes(1);
    });

    test('again each time it is written', () => {
      const { app, problems } = asked();
      app.synth();
      problems.mockReturnValue(['it broke meanwhile']);

      expect(() => app.synth()).toThrow('[a] it broke meanwhile');
      problems.mockReturnValue([]);
      expect(() => app.synth()).not.toThrow();
    });

    test('again after a change while it is written', () => {
      const { app, charts, problems } = asked();
      charts[2].node.addValidation({ validate: () => { new ApiObject(charts[2], 'Late', { apiVersion: 'v1', kind: 'ConfigMap' }); return []; } });
      expect(() => app.synth()).toThrow('Late');

      expect(problems).toHaveBeenCalledTimes(2);
    });

    test('each time that a chart is rendered alone, as tests do', () => {
      const { charts, problems } = asked();
      charts[0].toJson();
      problems.mockReturnValue(['it broke meanwhile']);

      expect(() => charts[1].toJson()).toThrow('[a] it broke meanwhile');
    });
  });
});
