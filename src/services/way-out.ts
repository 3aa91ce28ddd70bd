import { Construct } from 'constructs';
import { ClientList } from '../access/client-list';
import { PortModel, RouteModel, ServiceModel, UpstreamModel } from '../private/model';
import { Role } from '../private/names';
import { IEgressGateway } from '../values/egress-gateway-attributes';

/** What takes a service's connections out of the mesh on another way than straight from the sidecar. */
export interface WayOut {
  /** Whether it can tell clients apart. */
  readonly identifiesClients: boolean;
  readonly gateway: IEgressGateway;
  model(): RouteModel;
  /** The service calls it when a client was named. */
  clientsChanged(): void;
}

/** A service as its way out needs to know it. */
export interface Routable extends Construct {
  readonly _hosts: readonly string[];
  readonly _ports: readonly PortModel[];
  readonly _clients: ClientList;
  /** The annotations of the objects that are written for the service alone. */
  readonly _annotations: { readonly [name: string]: string };
  /** Refuses a service that cannot go through a gateway; returns the namespace that declares the others. */
  _prepareRoute(): string;
  /** Takes the one way out that a service can have. */
  _attach(wayOut: WayOut): void;
  /** The name of an object of the service, by its role and what tells it from others of that role. */
  _nameOf(...rest: (Role | number | string)[]): string;
  /** Whether the proxy that connects to a port needs settings for it, whatever its endpoints are. */
  _needsSettings(port: PortModel): boolean;
  /** Where a gateway finds the endpoints of one of the hosts. */
  _upstreamOf(host: string): UpstreamModel;
  _model(): ServiceModel;
}
