/** A part of a release. */
export interface Step {
  /** As an option names it. */
  readonly id: string;
  readonly title: string;
  /** Throws where it fails, and `Missing` (languages/language.ts) where a part of it cannot be had; says what it did. */
  run(bench: Bench): Promise<string>;
}

/** What the steps share. */
export interface Bench {
  /** What a release publishes, by kind: js, python, java, go, dotnet. */
  readonly dist: string;
  /** The tag that is released; undefined in a rehearsal. */
  readonly tag?: string;
  /** Packs the package, once. */
  tarball(): Promise<string>;
  /** Translates its examples, once. */
  tablet(): Promise<string>;
}
