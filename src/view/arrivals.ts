import { MESH, Route, RouteKind } from './route';

/** A rule of a VirtualService that sends to a port of a host. */
export interface Arrival {
  readonly kind: RouteKind;
  /** Whether sidecars follow it. */
  readonly bySidecars: boolean;
  /** Whether gateways do. */
  readonly byGateways: boolean;
  readonly subset?: string;
}

/** What VirtualServices send where. */
export class Arrivals {
  private readonly byHost = new Map<string, (Arrival & { readonly port?: number })[]>();

  public constructor(routes: readonly Route[]) {
    for (const { kind, matches, destinations } of routes.flatMap(({ rules }) => rules)) {
      const gateways = matches.flatMap(match => match.gateways);
      const by = { kind, bySidecars: gateways.includes(MESH), byGateways: gateways.some(gateway => gateway !== MESH) };
      for (const { host, port, subset } of destinations) {
        const known = this.byHost.get(host) ?? [];
        known.push({ ...by, port, subset });
        this.byHost.set(host, known);
      }
    }
  }

  /** The rules that send to a port of a host. One that names no port sends to the only one of the service, or to the one that the client took. */
  public at(host: string, port: number): readonly Arrival[] {
    return (this.byHost.get(host) ?? []).filter(arrival => arrival.port === undefined || arrival.port === port);
  }
}
