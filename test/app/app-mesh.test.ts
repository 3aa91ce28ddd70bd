import { App, Chart } from 'cdk8s';
import { ExternalMysql, ExternalTcp, Mesh, MeshClient, MeshService, Resolution } from '../../src';
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
    expect(messageOf(() => manifestsOf(app))).toContain('[data/Db] [MX0203]');
  });

  test('keeps the first rules of a Service, whoever else asks', () => {
    const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
    const rules = (id: string) => new MeshService(chart, id, { host: 'web', versions: ['v1'] });
    rules('A');

    expect(messageOf(() => rules('B'))).toContain('at \'shop/A\' already');
    expect(messageOf(() => rules('C'))).toContain('at \'shop/A\' already');
  });
});
