import { IConstruct } from 'constructs';
import { Connection, ConnectOptions } from './connection';
import { Credentials } from './credentials';
import { Workload } from './workload';
import { isWildcard } from '../private/check';
import { Fail, quote } from '../private/fail';
import { PortModel } from '../private/model';

/** What workloads are told of one service, its own or one that another app declares. */
export interface ConnectTarget {
  readonly path: string;
  readonly hosts: readonly string[];
  readonly ports: readonly PortModel[];
  readonly protocolName: string;
  readonly credentials?: Credentials;
}

/** The connections of workloads to one service. */
export class Connections {
  private readonly made: { readonly workload: Workload; readonly connection: Connection }[] = [];

  public constructor(private readonly target: ConnectTarget, private readonly fail: Fail) {}

  /** Puts the variables of a connection into a workload. */
  public add(construct: IConstruct, options: ConnectOptions): Workload {
    const { path, hosts, ports, protocolName, credentials } = this.target;
    Connection.check(options, this.fail);
    const host = options.hostName ?? hosts[0];
    if (!hosts.includes(host)) {
      this.fail(`'hostName' must be a host of the service (${hosts.map(quote).join(', ')}), got ${quote(host)}`);
    }
    if (isWildcard(host)) {
      this.fail(`'host' is the wildcard ${quote(host)}, which no variable can hold: connect to a service with one name`);
    }
    const port = options.portNumber ?? ports[0].number;
    if (!ports.some(candidate => candidate.number === port)) {
      this.fail(`'portNumber' must be a port of the service (${ports.map(candidate => candidate.number).join(', ')}), got ${quote(port)}`);
    }
    const workload = Workload.of(construct, this.fail);
    const connection = new Connection({ path, host, port, protocolName }, { ...options, credentials: options.credentials ?? credentials }, this.fail);
    workload.connect(connection);
    this.made.push({ workload, connection });
    return workload;
  }

  /** Mistakes that only show once every call was made. */
  public problems(): string[] {
    return this.made.flatMap(({ workload, connection }) => workload.problems(connection));
  }
}
