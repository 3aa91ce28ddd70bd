import { AppLanguage } from './app-language';

/** A CI system that a new app gets its pipeline for; the template of it is in the folder of its name in templates/. */
export interface CiSystem {
  readonly id: string;
  /** The place of the pipeline in an app that is a repository of its own, and in the folder of its template. */
  readonly file: string;
  /** The pipeline of an app that is a repository of its own. */
  compose(template: string, language: AppLanguage): string;
  /** The pipeline of an app that is a folder of a larger repository. */
  composeIn(template: string, language: AppLanguage, folder: string): PipelineInFolder;
}

export interface PipelineInFolder {
  /** From the root of the repository. */
  readonly file: string;
  readonly text: string;
  /** What is left to a person. */
  readonly steps: readonly string[];
}

/** A pipeline is printed as its template is written. */
export const AS_TEMPLATE = { lineWidth: 0, flowCollectionPadding: false };
