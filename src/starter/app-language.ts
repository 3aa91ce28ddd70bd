/** A language that a new app is written in, by its name in cdk8s.yaml; its files are those of the folder of that name in templates/. */
export interface AppLanguage {
  readonly id: string;
  /** The files besides package.json that pin the library, as version 0.0.0. */
  readonly pins: readonly string[];
  /** The lines of a shell that install the app's packages and that `init` leaves to a person. */
  readonly install: readonly string[];
  readonly gitlab: {
    readonly image: string;
    /** The lines of a shell that set the language, and Node, up in the image. */
    readonly setup: readonly string[];
  };
  /** The steps of a GitHub workflow that set the language up, as YAML; `file` gives the place of a file of the app in its repository. */
  githubSteps(file: (name: string) => string): string;
}
