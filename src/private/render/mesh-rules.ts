import { VirtualServiceSpecHttp } from '../../../imports/istio/networking.istio.io';
import { HeaderModel, PathModel, RuleModel } from '../model';

/** Where a gateway applies rules: to some paths, and to one port of a Service that may have several. */
export interface Entrance {
  readonly paths: readonly PathModel[];
  readonly port: number;
}

/** The rules of a service inside the mesh, for the sidecars and for the gateways that it is exposed at: those of one do not hold at the other. */
export function rulesFor(host: string, rules: readonly RuleModel[], entrance?: Entrance): VirtualServiceSpecHttp[] {
  const port = entrance && { number: entrance.port };
  return rules.map(({ header, shares, mirror, http }) => ({
    match: matchesOf(header, entrance?.paths ?? []),
    ...http,
    route: (shares.length > 0 ? shares : [{ subset: undefined, weight: undefined }])
      .map(({ subset, weight }) => ({ destination: { host, subset, port }, weight })),
    mirror: mirror && { host, subset: mirror.subset, port },
    mirrorPercentage: mirror?.percentage === undefined ? undefined : { value: mirror.percentage },
  }));
}

/** A request that has one of the paths, if there are any, and the header. */
function matchesOf(header: HeaderModel | undefined, paths: readonly PathModel[]) {
  const headers = header && { [header.name]: header.value ? { [header.value.type]: header.value.text } : {} };
  if (paths.length > 0) {
    return paths.map(({ type, path }) => ({ uri: { [type]: path }, headers }));
  }
  return headers && [{ headers }];
}
