import { Target } from './package';

/** Somebody's language: a package of it is built, installed into an empty project and used. */
export interface Language {
  /** As an option names it. */
  readonly id: string;
  /** As people name it. */
  readonly title: string;
  /** Builds, installs and runs. Throws `Missing` where a part of that cannot be had. */
  run(bench: Workbench): Promise<Written>;
}

/** What a language works with. */
export interface Workbench {
  /** An empty folder. */
  readonly folder: string;
  /** The package as npm packs it. */
  readonly tarball: string;
  /** Builds the package for a target of jsii; gives the folder with it. */
  build(target: Target): Promise<string>;
}

/** What the programs did. */
export interface Written {
  /** The manifest of the example, by what ran it. */
  readonly manifests: readonly { readonly by: string; readonly text: string }[];
  /** The manifest of the app that `init` writes, by what ran it. */
  readonly apps: readonly { readonly by: string; readonly text: string }[];
  /** What the program with the mistake printed, by what ran it. */
  readonly complaints: readonly { readonly by: string; readonly text: string }[];
}

/** A language that cannot be tried on this machine. */
export class Missing extends Error {}
