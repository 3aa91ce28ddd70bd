/** Who writes the DestinationRule that a client namespace needs to reach a gateway. */
export enum ClientRules {
  /** The app that declares the service, into every client's namespace. Its pipeline needs the right to write there. */
  WRITTEN_HERE = 'written-here',
  /**
   * The client's own app, with `fromAttributes` and `connectFrom`. The declaring app writes for its own namespace only: a workload that it connects in another
   * one needs the rule of that namespace's app as well.
   */
  LEFT_TO_CLIENTS = 'left-to-clients',
}
