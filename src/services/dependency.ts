import { IConstruct } from 'constructs';
import { PortModel } from '../private/model';
import { IEgressGateway } from '../values/egress-gateway-attributes';

/** A service outside the mesh as a namespace that uses it has to know it. */
export interface Dependency {
  /** The namespace that declares it. */
  readonly namespace?: string;
  readonly hosts: readonly string[];
  readonly ports: readonly PortModel[];
  /** The ranges that sidecars connect to; undefined when that may be anywhere. */
  readonly networks?: readonly string[];
  /** What sidecars connect to instead. */
  readonly gateway?: IEgressGateway;
  /** The port of the gateway's Service. */
  readonly gatewayPort?: number;
}

/** Something that may be a dependency of a namespace. */
export interface Dependable {
  /** The gateway that it is routed through. */
  readonly gateway?: IEgressGateway;
  /** The namespace that declares it. */
  readonly namespaceName?: string;
  readonly hosts?: readonly string[];
  /** How a namespace uses it; undefined when it does not. */
  _seenFrom(namespace: string): Dependency | undefined;
}

export function isDependable(construct: IConstruct): construct is IConstruct & Dependable {
  return '_seenFrom' in construct;
}
