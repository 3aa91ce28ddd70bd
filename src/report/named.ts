import { ANY_OTHER, Client, clientKey, isPattern } from './client';
import { AccessPolicy } from '../view/access-policy';
import { Fields, strings } from '../view/fields';
import { MeshView } from '../view/mesh-view';

/** Whom gateways and policies name. */
export interface Named {
  readonly accounts: readonly Client[];
  /** Those of whom a part is a pattern. */
  readonly matching: readonly Client[];
  /** Accounts, or patterns of them, of whatever namespace. */
  readonly everywhere: readonly string[];
  /** Names and patterns. */
  readonly namespaces: readonly string[];
  /** Whether a pattern is among them that some accounts of a namespace match and others do not. */
  readonly hasPatterns: boolean;
}

/** A policy, as far as it names somebody. */
export type NamingPolicy = Pick<AccessPolicy, 'object' | 'rules'>;

/** What names somebody. */
export interface Naming extends Pick<MeshView, 'gatewayServers'> {
  readonly accessPolicies: readonly NamingPolicy[];
}

export function namedIn(view: Naming): Named {
  const found = new Names();
  for (const { tls } of view.gatewayServers) {
    // They are compared as they are.
    tls?.subjectAltNames.filter(name => name.startsWith('spiffe://')).flatMap(accountIn).forEach(client => found.add(client));
  }
  for (const { object, rules } of view.accessPolicies) {
    for (const { sources, conditions } of rules) {
      const asked = conditions.map(({ key, values, notValues }) => ({ [CONDITIONS.get(key) ?? key]: [...values, ...notValues] }));
      const given: Fields[] = [...sources, ...asked];
      for (const source of given) {
        [...strings(source.principals), ...strings(source.notPrincipals)].flatMap(principalsOf).forEach(client => found.add(client));
        [...strings(source.serviceAccounts), ...strings(source.notServiceAccounts)].forEach(text => {
          const [account, namespace = object.namespace] = text.split('/').reverse();
          found.add({ namespace, account });
        });
        // A `*` is any text wherever it is in them.
        [...strings(source.namespaces), ...strings(source.notNamespaces)]
          .forEach(namespace => found.add({ namespace: namespace.replace(/\*+/g, '*'), account: ANY_OTHER }));
      }
    }
  }
  return found;
}

const CONDITIONS = new Map([['source.principal', 'principals'], ['source.namespace', 'namespaces'], ['source.serviceAccount', 'serviceAccounts']]);

/** Whom a principal is, as Istio compares it: exactly, by its beginning (`x*`) or by its end (`*x`). Everybody (`*`) names nobody. */
export function principalsOf(text: string): Client[] {
  if (!isText(text)) {
    return [];
  }
  if (text.endsWith('*')) {
    const [, , namespace, , account] = text.split('/');
    return namespace === undefined || namespace === '*' ? [] : [{ namespace, account: account ?? ANY_OTHER }];
  }
  if (!text.startsWith('*')) {
    return accountIn(text);
  }
  const parts = text.slice(1).split('/');
  const last = parts.pop()!;
  const account = parts.length === 0 ? `*${last}` : last;
  parts.pop();
  const whole = parts.pop();
  // Without a slash in front it is the end of a name.
  const namespace = whole === undefined || whole === '' ? ANY_OTHER : parts.length === 0 ? `*${whole}` : whole;
  return [{ namespace, account }];
}

/** The account of a name like `spiffe://cluster.local/ns/shop/sa/cart`, as a list; a name with a `*` is none. */
export function accountIn(text: string): Client[] {
  const [, namespace, account] = /(?:^|\/)ns\/([^/*]+)\/sa\/([^/*]+)$/.exec(text) ?? [];
  return account === undefined ? [] : [{ namespace, account }];
}

/** Whether something can be equal to a text: a `*` in the middle is one that no name has. */
function isText(text: string): boolean {
  return !text.slice(1, -1).includes('*') && text !== '**';
}

class Names implements Named {
  private readonly known = new Map<string, Client>();
  private readonly patterns = new Map<string, Client>();
  private readonly all = new Set<string>([ANY_OTHER]);
  private readonly anywhere = new Set<string>();

  public add(client: Client): void {
    const { namespace, account } = client;
    if (namespace === ANY_OTHER) {
      account === ANY_OTHER ? undefined : this.anywhere.add(account);
      return;
    }
    this.all.add(namespace);
    if (account !== ANY_OTHER) {
      (isPattern(namespace) || isPattern(account) ? this.patterns : this.known).set(clientKey(client), client);
    }
  }

  public get accounts(): readonly Client[] {
    return [...this.known.values()];
  }

  public get matching(): readonly Client[] {
    return [...this.patterns.values()];
  }

  public get everywhere(): readonly string[] {
    return [...this.anywhere];
  }

  public get namespaces(): readonly string[] {
    return [...this.all];
  }

  public get hasPatterns(): boolean {
    return this.patterns.size > 0 || this.anywhere.size > 0;
  }
}
