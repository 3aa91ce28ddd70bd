import { compareTexts } from '../private/order';
import { labelsText } from '../trace/gateway-pods';

/** What stands for the accounts of a namespace that nothing in the input names, and for the namespaces that it does not know. */
export const ANY_OTHER = '*';

type Labels = { readonly [label: string]: string };

/**
 * An identity that may connect: an account, every other account of a namespace, or everybody in namespaces that the input does not know; whoever matches a pattern by
 * which policies name accounts.
 */
export interface Client {
  /** A name, or a pattern such as `team-*`; `*` for every namespace that the input does not know. */
  readonly namespace: string;
  /** A name, or a pattern such as `*-admin`; `*` for every account that the input does not name. */
  readonly account: string;
  /** Labels by which something selects pods, and that no workload of the input has. */
  readonly labels?: Labels;
}

/** Text by which two clients can be compared, and sorted: named accounts before the others of their namespace, unknown namespaces last. */
export function clientKey({ namespace, account, labels }: Client): string {
  const last = (name: string) => (name === ANY_OTHER ? '~' : name);
  return `${last(namespace)}/${last(account)}${labels === undefined ? '' : ` ${labelsText(labels)}`}`;
}

export function byClient(a: Client, b: Client): number {
  return compareTexts(clientKey(a), clientKey(b));
}

/** Whether a client is every other account of its namespace, whatever the labels of its pods. */
export function isEveryOther({ account, labels }: Client): boolean {
  return account === ANY_OTHER && labels === undefined;
}

/** A client for a person. */
export function clientName({ namespace, account, labels }: Client): string {
  const where = namespace === '' ? '(no namespace)' : namespace === ANY_OTHER ? 'every other namespace' : isPattern(namespace) ? `namespaces ${namespace}` : namespace;
  const isNamed = namespace !== ANY_OTHER && !isPattern(namespace);
  const pods = labels === undefined ? '' : ` (pods with ${labelsText(labels)})`;
  return account === ANY_OTHER ? `${where}${isNamed ? ': every other account' : ''}${pods}`
    : isPattern(account) ? `${where}: accounts ${account}` : `${where}${isNamed ? '/' : ': '}${account}`;
}

/** Whether a text is a pattern of names, and not what stands for all of them. */
export function isPattern(name: string): boolean {
  return name !== ANY_OTHER && name.includes('*');
}
