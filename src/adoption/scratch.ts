import * as cdk8s from 'cdk8s';
import { ApiObject, App, Chart } from 'cdk8s';
import { Code, CodeFields, evaluated, Names } from './code';
import { ServiceCode } from './service-code';
import * as library from '../index';
import { Fields } from '../view/fields';

/** The names that a program has: those of the library and of cdk8s. */
export const NAMES: Names = { ...cdk8s, ...library, null: null };

type Construct = new (scope: Chart, id: string, props: unknown) => library.ExternalService;

/** Makes a construct of the library as a program would. */
export function made(scope: Chart, id: string, { kind, props }: ServiceCode): library.ExternalService {
  return new (NAMES[kind] as Construct)(scope, id, evaluated(props, NAMES));
}

/** A route's gateway as a program would make it. */
export function egressOf(scope: Chart, id: string, { gateway }: Pick<WayCode, 'gateway'>): library.EgressViaGateway {
  return new library.EgressViaGateway(scope, id, { gateway: evaluated(gateway, NAMES) as library.IEgressGateway });
}

/** Names the clients of a service. */
export function allowed(service: library.ExternalService, { clients }: Pick<WayCode, 'clients'>): void {
  service.allowFrom(...clients.map(client => evaluated(client, NAMES) as library.MeshClient));
}

/** What one construct writes by itself, or why the library refuses it. */
export type Outcome = { readonly objects: readonly Fields[] } | { readonly refused: string };

/** A gateway, and who may use a route through it. */
export interface WayCode {
  readonly gateway: Code;
  readonly clients: readonly Code[];
}

export function writtenBy(code: ServiceCode, namespace: string, facts: CodeFields, way?: WayCode): Outcome {
  try {
    const app = new App();
    library.Mesh.declare(app, evaluated(facts, NAMES) as library.MeshProps);
    const chart = new Chart(app, 'Adopted', { namespace });
    const service = made(chart, 'Service', code);
    if (way !== undefined) {
      allowed(service, way);
      egressOf(chart, 'Egress', way).route(service);
    }
    return { objects: service.node.findAll().filter(ApiObject.isApiObject).map(object => (object as ApiObject).toJson()) };
  } catch (error) {
    return { refused: (error as Error).message.replace(/^\[[^\]]*\] /, '') };
  }
}
