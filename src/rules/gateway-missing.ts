import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { strings } from '../view/fields';
import { gatewayName } from '../view/gateway-name';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { MESH, Route } from '../view/route';

export const gatewayMissing: Rule = {
  id: 'MX0305',
  name: 'gateway-missing',
  severity: 'ERROR',
  title: 'A VirtualService names a Gateway that does not exist.',
  why: 'No proxy uses its rules. A name without a namespace means a Gateway in the namespace of the VirtualService.',
  fix: 'Write `<namespace>/<name>` of the Gateway.',
  related: ['IST0101', 'IST0132', 'KIA1102'],
  check: view => {
    // With one that is there, the others may be in another repository.
    const lost = view.routes.filter(({ gateways }) => !gateways.some(name => view.names.gatewayOf(name)));
    const others = new OtherGateways(view);
    return lost.flatMap(route => strings(route.object.spec.gateways).flatMap((written, i): Finding[] => {
      const [namespace, base] = gatewayName(written, route.object.namespace).split('/');
      // One with a dot in its name is another mistake (MX0312).
      const isThere = view.names.gatewayOf(`${route.object.namespace}/${written}`) !== undefined;
      const other = written === MESH || isThere ? undefined : others.like(base, route);
      return other === undefined ? [] : [{
        object: route.object,
        field: ['spec', 'gateways', i],
        message: `'gateways' ${quote(written)} is no Gateway in ${where(namespace)}; '${other.origin.path}' is ${quote(other.name)} in ${where(other.namespace)}: no proxy `
          + 'uses these rules',
        fix: `write ${quote(`${other.namespace}/${other.name}`)}`,
      }];
    }));
  },
};

/** The Gateways that are there, where a VirtualService names one that is not: that one may be in another repository, unless one of its name or for its host is here. */
class OtherGateways {
  private byName?: ReadonlyMap<string, MeshObject>;
  private byHost?: ReadonlyMap<string, MeshObject>;

  public constructor(private readonly view: MeshView) {}

  public like(name: string, { hosts }: Route): MeshObject | undefined {
    this.byName ??= new Map(this.view.gateways.map(({ object }) => [object.name, object]));
    this.byHost ??= new Map(this.view.gatewayServers.flatMap(({ object, hosts: served }) => served.map(host => [host, object] as const)));
    const host = hosts.find(candidate => candidate !== '*' && this.byHost!.has(candidate));
    return this.byName.get(name) ?? (host === undefined ? undefined : this.byHost.get(host));
  }
}
