import { accountsByNamespace } from './client-accounts';
import { clientNamespaces } from './client-namespaces';
import { answerOf, isOpen } from '../report/answer';
import { compareChecks } from '../report/server-check';
import { TraceTarget } from '../trace/application';
import { TraceClient } from '../trace/capture';
import { Tracer } from '../trace/trace';
import { ExternalEntry } from '../view/external-entry';
import { MeshView } from '../view/mesh-view';

/** Compares where connections end before and after a change, as `explain` follows them. */
export class EndsCheck {
  private readonly tracers: readonly [Tracer, Tracer];

  public constructor(private readonly before: MeshView, private readonly after: MeshView) {
    this.tracers = [new Tracer(before), new Tracer(after)];
  }

  /** The first connection to a service that ended at its endpoints and no longer does, or with less asked of the server; with why. Undefined when there is none, but for ports that it is not to have. */
  public firstLost(entry: ExternalEntry, without: readonly number[] = []): string | undefined {
    const { hosts, ports } = entry;
    for (const namespace of clientNamespaces(this.before, entry)) {
      for (const account of accountsByNamespace(this.before).get(namespace) ?? ['any']) {
        for (const host of hosts.map(name => name.replace(/^\*/, 'any'))) {
          for (const { number: port } of ports.filter(({ number: own }) => !without.includes(own))) {
            const why = this.lost({ namespace, account }, { host, port });
            if (why !== undefined) {
              return `connections from ${namespace}/${account} to ${host}:${port} ${why}`;
            }
          }
        }
      }
    }
    return undefined;
  }

  private lost(from: TraceClient, to: TraceTarget): string | undefined {
    const [one, other] = this.tracers.map((tracer, i) => answerOf([this.before, this.after][i], tracer.trace(from, to)));
    if (!isOpen(one)) {
      return undefined;
    }
    if (!isOpen(other)) {
      return `would end: ${other.why}`;
    }
    const [was, is] = [one, other].map(({ endpoints }) => endpoints.map(endpoint => endpoint.replace(/\.(?=:\d+$)/, '')).join(', '));
    return was !== is ? `would end at ${is}, and not at ${was}`
      : compareChecks(one.server, other.server, to.host) === 'WEAKER' ? 'would verify the server less, or another one' : undefined;
  }
}
