import { parseAllDocuments } from 'yaml';

interface Texts {
  readonly [name: string]: string;
}

/** An object of Kubernetes, as far as pipelines look at it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Texts; readonly annotations?: Texts };
  readonly spec?: { readonly [field: string]: unknown };
}

/** The objects of a stream, in its order. */
export function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text).map(document => {
    if (document.errors.length > 0) {
      throw document.errors[0];
    }
    return document.toJS() as Manifest | null;
  }).filter(manifest => manifest !== null);
}

export const nameOf = ({ kind, metadata: { namespace, name } }: Manifest) => `${kind} ${namespace}/${name}`;

const isRoute = ({ kind, metadata: { name } }: Manifest) => kind === 'VirtualService' && name.endsWith('.outbound');

/** The service that an object is for: names begin with it. */
const serviceOf = ({ metadata: { name } }: Manifest) => name.split(/\.|--/)[0];

/** Throws unless each policy comes before every Gateway, and each route to the gateway after all else of its service. */
export function checkOrder(manifests: readonly Manifest[], by: string): void {
  const gateways = manifests.findIndex(({ kind }) => kind === 'Gateway');
  const late = manifests.find(({ kind }, i) => kind === 'AuthorizationPolicy' && i > gateways);
  if (late !== undefined) {
    throw new Error(`${by} applies ${nameOf(late)} after a Gateway`);
  }
  for (const [i, route] of manifests.entries()) {
    const behind = isRoute(route) ? manifests.slice(i + 1).find(manifest => serviceOf(manifest) === serviceOf(route)) : undefined;
    if (behind !== undefined) {
      throw new Error(`${by} applies ${nameOf(route)} before ${nameOf(behind)}`);
    }
  }
}
