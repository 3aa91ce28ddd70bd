import { Workspace } from './workspace';
import { Part } from '../languages/parts';

/** A tool that brings manifests into a cluster, or a CI system: its files are tried with the tool's own code. */
export interface Pipeline extends Part {
  /** Throws where it fails, and `Missing` (languages/language.ts) where a part of it cannot be had; says what ran. */
  run(workspace: Workspace): Promise<string>;
}
