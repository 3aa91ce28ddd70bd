import { accountsByNamespace, clientsIn } from './client-accounts';
import { clientNamespaces } from './client-namespaces';
import { Access, AccessTable } from '../report/access';
import { isOpen, Verdict } from '../report/answer';
import { ANY_OTHER, Client, clientKey, clientName } from '../report/client';
import { Target } from '../report/dependency';
import { beforeOf, ChangeKind, isOpening, kindOf } from '../report/difference';
import { compareChecks } from '../report/server-check';
import { clientsIn as clientsOfInput } from '../report/shown-clients';
import { ExternalEntry } from '../view/external-entry';
import { MeshView } from '../view/mesh-view';

/** What opens, in the words of a reason. */
const OPENINGS: { readonly [kind in ChangeKind]?: string } = {
  OPENED: 'would be open, and are not',
  UNCHECKED: 'would pass the objects of the service by',
  REDIRECTED: 'would end at other addresses as well',
  WIDENED: 'would be let through by other rules',
  UNVERIFIED: 'would verify the server less, or another one',
  UNSURE: 'would depend on what the input does not show',
};

/** Ends that are no opening to those who do not use a service, wherever their connections ended before. */
const HARMLESS: readonly Verdict[] = ['DIRECT', 'REFUSED', 'NOWHERE'];

/** Compares where connections end before and after a change, as `explain` follows them. */
export class EndsCheck {
  private readonly after: AccessTable;

  public constructor(private readonly view: MeshView, private readonly before: AccessTable, after: MeshView) {
    this.after = new AccessTable(after);
  }

  /**
   * The first connection to a service that ended at its endpoints and no longer does, or with less asked of the server, or that was not open and is; with why. Undefined
   * when there is none, but for ports that it is not to have.
   */
  public firstWrong(entry: ExternalEntry, without: readonly number[] = []): string | undefined {
    const targets = targetsOf(entry, without);
    const using = new Set(clientNamespaces(this.view, entry).flatMap(namespace => clientsIn(this.view, namespace)).map(clientKey));
    for (const client of clientsOf(this.view)) {
      for (const target of targets) {
        const why = this.wrong(client, target, using.has(clientKey(client)));
        if (why !== undefined) {
          return `connections from ${clientName(client)} to ${target.host}:${target.port} ${why}`;
        }
      }
    }
    return undefined;
  }

  private wrong(client: Client, target: Target, isUser: boolean): string | undefined {
    const after = this.after.of(client, target);
    // Who does not use it loses nothing that counts, and what ends nowhere opens nothing: where it was before is not asked for each of many clients with each of many services.
    if (!isUser && after.every(({ verdict }) => HARMLESS.includes(verdict))) {
      return undefined;
    }
    const before = this.before.of(client, target);
    for (const now of after) {
      for (const was of beforeOf(now, before)) {
        const kind = kindOf(was, now, target.host);
        const why = isUser && isOpen(was) ? lost(was, now, target.host) : undefined;
        // Who does not use it, and whose sidecar lets pass what it does not know, could connect all the same: that is told, and stands in the way of no route.
        const isPassed = !isUser && now.verdict === 'DIRECT';
        if (why !== undefined || kind !== undefined && isOpening({ kind }) && !isPassed) {
          return why ?? `${OPENINGS[kind!]}: ${now.why}`;
        }
      }
    }
    return undefined;
  }
}

/** Each host of an entry with each port, whatever clients speak there. */
export function targetsOf({ hosts, ports }: ExternalEntry, without: readonly number[] = []): Target[] {
  return hosts.flatMap(host => ports.filter(({ number: port }) => !without.includes(port)).map((port): Target => (
    { host, port: port.number, protocol: port.protocol })));
}

function clientsOf(view: MeshView): readonly Client[] {
  return view.once('clients of the adoption', () => {
    const named = [...accountsByNamespace(view)].flatMap(([namespace, accounts]) => accounts.map(account => ({ namespace, account })));
    return clientsOfInput(view, [...named, { namespace: ANY_OTHER, account: ANY_OTHER }]);
  });
}

function lost(was: Access, now: Access, host: string): string | undefined {
  if (!isOpen(now)) {
    return `would end: ${now.why}`;
  }
  const [before, after] = [was, now].map(({ endpoints }) => endpoints.map(endpoint => endpoint.replace(/\.(?=:\d+$)/, '')).join(', '));
  return before !== after ? `would end at ${after}, and not at ${before}`
    : compareChecks(was.server, now.server, host) === 'WEAKER' ? OPENINGS.UNVERIFIED : undefined;
}
