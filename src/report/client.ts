import { compareTexts } from '../private/order';
import { isGatewayAlone } from '../trace/gateway-pods';
import { Fields, strings } from '../view/fields';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';

/** What stands for the accounts of a namespace that nothing in the input names, and for the namespaces that it does not know. */
export const ANY_OTHER = '*';

/** An identity that may connect: an account, every other account of a namespace, or everybody in namespaces that the input does not know. */
export interface Client {
  /** `*` for every namespace that the input does not know. */
  readonly namespace: string;
  /** `*` for every account that the input does not name. */
  readonly account: string;
}

/** Text by which two clients can be compared, and sorted: named accounts before the others of their namespace, unknown namespaces last. */
export function clientKey({ namespace, account }: Client): string {
  const last = (name: string) => (name === ANY_OTHER ? '~' : name);
  return `${last(namespace)}/${last(account)}`;
}

export function byClient(a: Client, b: Client): number {
  return compareTexts(clientKey(a), clientKey(b));
}

/** A client for a person. */
export function clientName({ namespace, account }: Client): string {
  const where = namespace === '' ? '(no namespace)' : namespace;
  return namespace === ANY_OTHER ? 'every other namespace' : account === ANY_OTHER ? `${where}: every other account` : `${where}/${account}`;
}

/** Every identity that the input shows, sorted. */
export function clientsIn(view: MeshView, more: readonly Client[] = []): Client[] {
  const found = new Map<string, Client>();
  const add = (client: Client) => found.set(clientKey(client), client);
  const named = namedIn(view);
  const namespaces = namespacesIn(view);
  named.accounts.forEach(add);
  workloadsIn(view).forEach(({ namespace, account }) => add({ namespace, account }));
  more.forEach(add);
  const all = new Set([...namespaces, ...named.namespaces, ...[...found.values()].map(({ namespace }) => namespace)]);
  all.forEach(namespace => add({ namespace, account: ANY_OTHER }));
  return [...found.values()].sort(byClient);
}

/** The pods that may be clients: all but those of gateways. */
export function workloadsIn(view: MeshView): PodTemplate[] {
  return view.pods.filter(pod => !isGatewayAlone(pod));
}

export function workloadsByClient(view: MeshView): Map<string, PodTemplate[]> {
  const found = new Map<string, PodTemplate[]>();
  workloadsIn(view).forEach(pod => addTo(found, clientKey({ namespace: pod.namespace, account: pod.account }), pod));
  return found;
}

export interface Named {
  readonly accounts: readonly Client[];
  readonly namespaces: readonly string[];
  /** Whether a pattern is among them that some accounts of a namespace match and others do not. */
  readonly hasPatterns: boolean;
}

/** Whom gateways and policies name. */
export function namedIn(view: Pick<MeshView, 'gatewayServers' | 'accessPolicies'>): Named {
  const accounts = new Map<string, Client>();
  const namespaces = new Set<string>([ANY_OTHER]);
  let hasPatterns = false;
  const add = (namespace: string, account: string) => {
    const isPattern = /\*/.test(namespace) || account.includes('*') && account !== ANY_OTHER;
    hasPatterns ||= isPattern;
    if (!isPattern) {
      accounts.set(clientKey({ namespace, account }), { namespace, account });
    }
  };
  const principal = (text: string) => {
    const [, namespace, account] = /(?:^|\/)ns\/([^/]+)\/sa\/([^/]+)$/.exec(text) ?? [];
    if (account !== undefined) {
      add(namespace, account);
    } else {
      hasPatterns ||= text !== ANY_OTHER;
    }
  };
  const account = (text: string, own: string) => {
    const [name, namespace = own] = text.split('/').reverse();
    add(namespace, name);
  };
  const namespace = (text: string) => (text.includes('*') ? undefined : namespaces.add(text));
  for (const { tls } of view.gatewayServers) {
    tls?.subjectAltNames.filter(name => name.startsWith('spiffe://')).forEach(principal);
  }
  for (const { object, rules } of view.accessPolicies) {
    for (const { sources, conditions } of rules) {
      const asked = conditions.map(({ key, values, notValues }) => ({ [CONDITIONS[key] ?? key]: [...values, ...notValues] }));
      const given: Fields[] = [...sources, ...asked];
      for (const source of given) {
        [...strings(source.principals), ...strings(source.notPrincipals)].forEach(principal);
        [...strings(source.serviceAccounts), ...strings(source.notServiceAccounts)].forEach(text => account(text, object.namespace));
        [...strings(source.namespaces), ...strings(source.notNamespaces)].forEach(namespace);
      }
    }
  }
  return { accounts: [...accounts.values()], namespaces: [...namespaces], hasPatterns };
}

const CONDITIONS: { readonly [key: string]: string } = {
  'source.principal': 'principals', 'source.namespace': 'namespaces', 'source.serviceAccount': 'serviceAccounts',
};

function namespacesIn(view: MeshView): string[] {
  const exported = [...view.entries, ...view.routes, ...view.trafficRules].flatMap(({ visibleTo }) => visibleTo).filter(name => name !== ANY_OTHER);
  const sources = view.routes.flatMap(({ rules }) => rules.flatMap(({ matches }) => matches.flatMap(({ sourceNamespace }) => sourceNamespace ?? [])));
  return [...exported, ...sources, ...view.objects.map(({ namespace }) => namespace).filter(name => name !== ''), ...view.of('', 'Namespace').map(({ name }) => name)];
}
