import { GapKind } from './gap';
import { GatewayApi } from '../trace/gateway-api';
import { records } from '../view/fields';
import { MeshObject, NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { GATEWAY_API } from '../view/waypoint';

export const gatewayApiGap: GapKind = {
  name: 'gateway-api',
  rules: [],
  state: 'is of the Gateway API, which no rule follows',
  open: 'where it sends connections, and whom it lets in',
  fix: 'look at it yourself',
  find: view => [...routes(view), ...gateways(view)].map(object => ({ object, field: [], on: `${object.kind} ${object.namespace}/${object.name}` })),
};

/** Those for the sidecars, and those of gateways that send out of the mesh. */
function routes(view: MeshView): MeshObject[] {
  return ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'].flatMap(kind => view.of(GATEWAY_API, kind)).filter(({ spec }) => (
    records(spec.parentRefs).some(({ kind, group }) => kind === 'Service' || kind === 'ServiceEntry' && group === NETWORKING)
    || records(spec.rules).some(({ backendRefs }) => records(backendRefs).some(({ group }) => group === NETWORKING))));
}

/** Those that VirtualServices send to. */
function gateways(view: MeshView): MeshObject[] {
  const api = new GatewayApi(view);
  const hosts = new Set(view.routes.flatMap(({ rules }) => rules.flatMap(({ destinations }) => destinations.map(({ host }) => host))));
  return [...new Set([...hosts].flatMap(host => api.gatewayAt(host) ?? []))];
}
