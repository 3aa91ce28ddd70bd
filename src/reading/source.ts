/** A text with manifests. */
export interface Source {
  /** As messages call it: a path, or `stdin`. */
  readonly file: string;
  readonly text: string;
  /** Whether somebody asked for this very file, and not for the folder around it. */
  readonly isNamed: boolean;
}
