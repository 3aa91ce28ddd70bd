import { Finding, Rule } from './rule';
import { MeshView } from '../view/mesh-view';
import { MESH, Route, RouteMatch, RouteRule } from '../view/route';

export const sourceIgnored: Rule = {
  id: 'MX0415',
  name: 'source-ignored',
  severity: 'ERROR',
  title: 'A match asks for the labels or the namespace of the client, where istiod does not look at them.',
  why: 'In `http`, istiod looks at `sourceLabels` and `sourceNamespace` of a match only when the match has no `gateways`, `mesh` included. In `tcp` and `tls` it does not for a Gateway. '
    + 'The rule is for every client: what was meant for one of them, or kept from the others, is for all. In `http` of a Gateway alone they are compared with the gateway\'s own pods, so the rule is for nobody.',
  fix: 'In `http`, write the sidecars\' rules into a VirtualService with `gateways: [mesh]` at its top and none in the match. Behind a Gateway the client shows itself in its certificate alone: '
    + 'let an AuthorizationPolicy at the gateway ask for it.',
  related: [],
  check: (view: MeshView) => {
    // With what they delegate, which inherits the gateways of its match.
    const routes = [...new Set([...view.routesByGateway.values()].flat())].filter(({ hosts }) => hosts.length > 0);
    return routes.flatMap(route => route.rules.flatMap(rule => rule.matches.flatMap(match => findingOf(route, rule, match))));
  },
};

function findingOf(route: Route, { kind }: RouteRule, match: RouteMatch): Finding[] {
  const asked = match.source;
  const isForSidecars = match.gateways.includes(MESH);
  const isNamed = match.gateways !== route.gateways;
  if (asked === undefined || isForSidecars && !(kind === 'http' && isNamed)) {
    return [];
  }
  return [{
    object: match.object,
    field: [...match.field, asked],
    message: isForSidecars ? `'${asked}' has no effect beside 'gateways' in a match of 'http': the rule is for every client`
      : kind === 'http' && !isNamed ? `'${asked}' at a Gateway is compared with the gateway's own pods, and not with the client: the rule is for nobody`
        : `'${asked}' has no effect at a Gateway: the rule is for every client`,
    fix: isForSidecars
      ? 'write a VirtualService with \'gateways: [mesh]\' at its top, and no \'gateways\' in the match'
      : 'remove it, and let an AuthorizationPolicy at the gateway name the clients',
  }];
}
