import { IConstruct } from 'constructs';
import { Connection, ConnectOptions, Place } from './connection';
import { Credentials } from './credentials';
import { Workload } from './workload';
import { Fail, quote } from '../private/fail';

/** What workloads are told of one service, its own or one that another app declares. */
export interface ConnectTarget {
  readonly path: string;
  readonly protocolName: string;
  readonly credentials?: Credentials;
  /** The variables that say where the service is, for one connection. */
  placesFor(options: ConnectOptions, fail: Fail): Place[];
}

/** The connections of workloads to one service. */
export class Connections {
  private readonly made: { readonly workload: Workload; readonly connection: Connection }[] = [];

  public constructor(private readonly target: ConnectTarget, private readonly fail: Fail) {}

  /** Puts the variables of a connection into a workload. */
  public add(construct: IConstruct, options: ConnectOptions): Workload {
    const { path, protocolName, credentials } = this.target;
    Connection.check(options, this.fail);
    const chosen = { ...options, credentials: options.credentials ?? credentials };
    const places = this.placesFor(chosen);
    const workload = Workload.of(construct, this.fail);
    const connection = new Connection({ path, protocolName, places }, chosen, this.fail);
    workload.connect(connection);
    this.made.push({ workload, connection });
    return workload;
  }

  private placesFor(options: ConnectOptions): readonly Place[] {
    const { fail, target } = this;
    if (!options.credentials?._url) {
      return target.placesFor(options, fail);
    }
    if (options.urlPath !== undefined) {
      fail(`'urlPath' ${quote(options.urlPath)} belongs to a URL that the library makes, and this one is in a Secret: put the path into the Secret`);
    }
    // The URL of the Secret takes the place of the one that says where the service is, which some protocols do not have.
    return target.placesFor({ ...options, urlVariable: undefined }, fail).filter(({ property }) => property !== 'urlVariable');
  }

  /** Mistakes that only show once every call was made. */
  public problems(): string[] {
    return this.made.flatMap(({ workload, connection }) => workload.problems(connection));
  }
}
