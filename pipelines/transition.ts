import { Manifest, nameOf } from './objects';
import { App } from './workspace';

/** What a tool does with one object. */
export interface Step {
  readonly does: 'apply' | 'remove';
  readonly object: Manifest;
}

export const apply = (object: Manifest): Step => ({ does: 'apply', object });
export const remove = (object: Manifest): Step => ({ does: 'remove', object });

/** The objects of a list that another one does not have. */
export function goneFrom(before: readonly Manifest[], after: readonly Manifest[]): Manifest[] {
  const names = new Set(after.map(nameOf));
  return before.filter(object => !names.has(nameOf(object)));
}

/** What an app synthesises, before a change and after it. */
export interface Transition<T> {
  readonly title: string;
  readonly before: T;
  readonly after: T;
}

/** The clients of a service, and what is left of them without its route: nothing tells accounts apart there. */
export const OF_ACCOUNT = 'orders.allowFrom(MeshClient.serviceAccount(\'shop\', \'cart\')';
export const OF_NAMESPACE = 'orders.allowFrom(MeshClient.allIn(\'shop\')';

/** The changes between the app of pipelines/app, the same with an account in the place of the whole namespace, and the same without the route. */
export async function transitionsOf<T>(app: App, nothing: T, synth: () => Promise<T>): Promise<Transition<T>[]> {
  const wide = await synth();
  app.replace('main.ts', 'MeshClient.allIn(\'reporting\')', 'MeshClient.serviceAccount(\'reporting\', \'reports\')');
  const narrow = await synth();
  app.replace('main.ts', 'MeshClient.serviceAccount(\'reporting\', \'reports\')', 'MeshClient.allIn(\'reporting\')');
  app.replace('main.ts', 'egress.route(orders);\n', '');
  app.replace('main.ts', OF_ACCOUNT, OF_NAMESPACE);
  const direct = await synth();
  app.replace('main.ts', OF_NAMESPACE, OF_ACCOUNT);
  app.replace('main.ts', 'const sessions', 'egress.route(orders);\n\nconst sessions');
  return [
    { title: 'the first time', before: nothing, after: wide },
    { title: 'an account for a whole namespace', before: wide, after: narrow },
    { title: 'a whole namespace for an account', before: narrow, after: wide },
    { title: 'a service that leaves the gateway', before: wide, after: direct },
    { title: 'a service that comes to the gateway', before: direct, after: wide },
    { title: 'the last time', before: wide, after: nothing },
  ];
}

/** Throws when a Gateway serves a whole namespace at some moment and no policy guards it. */
export function checkGuarded(before: readonly Manifest[], steps: readonly Step[], by: string): void {
  const there = new Map(before.map(object => [nameOf(object), object]));
  for (const { does, object } of steps) {
    if (does === 'apply') {
      there.set(nameOf(object), object);
    } else {
      there.delete(nameOf(object));
    }
    const open = unguarded([...there.values()]);
    if (open !== undefined) {
      throw new Error(`${by} leaves ${open} open to every identity, after it has to ${does} ${nameOf(object)}`);
    }
  }
}

interface Server {
  readonly hosts: readonly string[];
  readonly tls?: { readonly subjectAltNames?: readonly string[] };
}

interface Rule {
  readonly when?: readonly { readonly key: string; readonly values?: readonly string[] }[];
}

/** The first server name of a whole namespace that no policy names. */
function unguarded(objects: readonly Manifest[]): string | undefined {
  const of = <T>(kind: string, field: string) => (
    objects.filter(object => object.kind === kind).flatMap(({ spec }) => (spec?.[field] ?? []) as readonly T[]));
  const conditions = of<Rule>('AuthorizationPolicy', 'rules').flatMap(({ when = [] }) => when);
  const guarded = conditions.filter(({ key }) => key === 'connection.sni').flatMap(({ values = [] }) => values);
  const open = of<Server>('Gateway', 'servers').filter(({ tls }) => tls?.subjectAltNames === undefined);
  const names = open.flatMap(({ hosts }) => hosts).map(host => host.replace(/^.*\//, ''));
  return names.find(name => !guarded.some(value => name === value || value.endsWith('*') && name.startsWith(value.slice(0, -1))));
}
