import { RouteModel } from '../private/model';

/** What takes a service's connections out of the mesh on another way than straight from the sidecar. */
export interface WayOut {
  /** Whether it can tell clients apart. */
  readonly identifiesClients: boolean;
  model(): RouteModel;
  /** The service calls it when a client was named. */
  clientsChanged(): void;
}
