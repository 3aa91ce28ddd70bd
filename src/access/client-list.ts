import { BoundClient, MeshClient } from './mesh-client';
import { Fail } from '../private/fail';
import { ClientModel } from '../private/model';

/** The clients of one service, in the order in which they were named. */
export class ClientList {
  private readonly clients: BoundClient[] = [];

  public get isEmpty(): boolean {
    return this.clients.length === 0;
  }

  public add(client: MeshClient, fail: Fail): void {
    this.clients.push(client._bind(fail));
  }

  /** The namespace of each client; undefined for a workload without one. */
  public get namespaces(): readonly (string | undefined)[] {
    return this.clients.map(client => client.namespace);
  }

  /** The clients as they are now: a workload's account may be set after it was named. */
  public models(): ClientModel[] {
    return this.clients.map(client => client.model());
  }
}
