import { MeshObject } from './mesh-object';
import { PURPOSE } from '../private/annotations';

/** Why a dependency exists, and who answers for it; as somebody wrote it. */
export interface Purpose {
  readonly owner?: string;
  readonly reason?: string;
  /** The day on which it ends, as 2027-01-31. */
  readonly expires?: string;
  readonly contact?: string;
}

export function purposeOf({ annotations }: MeshObject): Purpose {
  // An annotation without a text says nothing.
  const read = (key: keyof Purpose) => (typeof annotations[PURPOSE[key]] === 'string' ? annotations[PURPOSE[key]].trim() || undefined : undefined);
  return { owner: read('owner'), reason: read('reason'), expires: read('expires'), contact: read('contact') };
}
