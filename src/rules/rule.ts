import { MeshModel } from '../private/model';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** How bad a finding is. An error stops synth; a warning is for a reader to decide. */
export type Severity = 'ERROR' | 'WARNING';

/** What to write instead: in code of this library, and in YAML where that is something else. */
export type Fix = string | { readonly code: string; readonly yaml: string };

/** What a rule says of one object. */
export interface Finding {
  /** The object at fault, by whose construct synth reports it. */
  readonly object: MeshObject;
  /** Others that it is about as much: somebody may accept it at any of them. */
  readonly or?: readonly MeshObject[];
  /** Property, value, what happens. */
  readonly message: string;
  readonly fix: Fix;
  /** Where in the object, such as `['spec', 'ports', 0]`; the object as a whole when left out. */
  readonly field?: readonly (string | number)[];
}

/** A mistake that shows only when objects are read together. */
export interface Rule {
  /** Never reused. */
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  /** The mistake, one sentence. */
  readonly title: string;
  /** What happens in the mesh. */
  readonly why: string;
  readonly fix: string;
  /** Related checks of Istio and Kiali; none when no other tool reports it. */
  readonly related: readonly string[];
  /** Whether its findings cannot be acknowledged. */
  readonly isFinal?: boolean;
  check(view: MeshView): Finding[];
}

export function where(namespace: string): string {
  return namespace === '*' ? 'every namespace' : namespace === '' ? 'the namespace that it is applied to' : `namespace "${namespace}"`;
}

/** What to write instead of a TCP service that has no address of its own. */
export function giveAnAddress({ dnsCapture }: MeshModel): Fix {
  const declare = dnsCapture
    ? 'Mesh.declare(app, { dnsCapture: true, ipAutoAllocate: true }) when the mesh allocates addresses'
    : 'Mesh.declare(app, { dnsCapture: true }) when the sidecars run with DNS capture, or with a \'virtualIpRange\' when they do not';
  return {
    code: `give the addresses with Resolution.ipAddresses() or 'addresses', or call ${declare}`,
    yaml: dnsCapture ? 'write \'spec.addresses\', or let the mesh allocate addresses' : 'write \'spec.addresses\', or run the sidecars with DNS capture (lint --dns-capture)',
  };
}

/** A selector as YAML has it, for messages. */
export function selectorText(selector: { readonly [label: string]: string }): string {
  return Object.entries(selector).map(([name, value]) => `"${name}: ${value}"`).join(', ');
}
