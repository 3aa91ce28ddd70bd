import * as fs from 'node:fs';
import * as path from 'node:path';
import { App } from 'cdk8s';
import { Breakage } from './breakage';
import { Failure } from './failure';
import type { KubeObject } from './kube';
import { isUpstream } from './upstream';
import { objectsOf } from './workload';

/** A set of objects as an operator gets it: YAML, applied unchanged. */
export class Manifest {
  /** A mistake that is made in every manifest from now on, to see whether a scenario notices. */
  static breakage?: Breakage;

  /** The committed manifests of an example. */
  static ofExample(name: string, variant: string): Manifest {
    const folder = path.join(__dirname, '..', '..', 'examples', name, 'manifests', variant);
    const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((file) => file.endsWith('.yaml')).sort() : [];
    if (files.length === 0) { throw new Failure(`no manifests in examples/${name}/manifests/${variant}: write them with npm run examples`); }
    return new Manifest(files.map((file) => fs.readFileSync(path.join(folder, file), 'utf8')).join('---\n'));
  }

  /** What an app synthesises to. */
  static synth(build: (app: App) => void): Manifest {
    const app = new App();
    build(app);
    return new Manifest(app.synthYaml() as string);
  }

  readonly yaml: string;
  readonly objects: readonly KubeObject[];

  constructor(yaml: string) {
    const objects = objectsOf(yaml);
    const { breakage } = Manifest;
    this.objects = breakage ? objects.map((object) => breakage.breaks(object)).filter((object) => object !== undefined) : objects;
    this.yaml = breakage ? listOf(this.objects) : yaml;
  }

  /** The one object of a kind, or the one of that name. */
  one(kind: string, name?: string): KubeObject {
    const found = this.objects.filter((object) => object.kind === kind && (name === undefined || object.metadata.name === name));
    if (found.length !== 1) { throw new Failure(`the manifest has ${found.length} ${kind}${name ? ` ${name}` : ''}, the scenario needs one: see the example`); }
    return found[0];
  }

  /** The ServiceEntry that the clients see, not the one that the gateway connects by. */
  entry(): KubeObject {
    const found = this.all('ServiceEntry').filter((object) => !isUpstream(object));
    if (found.length !== 1) { throw new Failure(`the manifest declares ${found.length} services, the scenario needs one: see the example`); }
    return found[0];
  }

  all(kind: string): KubeObject[] {
    return this.objects.filter((object) => object.kind === kind);
  }

  /** The kinds of Istio in it. */
  kindsOfIstio(): string[] {
    return [...new Set(this.objects.filter(({ apiVersion }) => apiVersion.includes('istio.io/')).map(({ kind }) => kind))];
  }

  namespaces(): string[] {
    return [...new Set(this.objects.map((object) => object.metadata.namespace).filter((namespace) => namespace !== undefined))];
  }

  /** The server names that sidecars use on their leg to the gateway. */
  serverNames(): string[] {
    const names = this.all('DestinationRule').flatMap((rule) => (rule.spec.subsets ?? []) as Subset[])
      .flatMap((subset) => subset.trafficPolicy?.portLevelSettings ?? []).map((setting) => setting.tls?.sni).filter((sni) => sni !== undefined);
    return [...new Set(names)].sort();
  }

  /** The same without the objects of some kinds: what was there before the library was used. */
  without(...kinds: string[]): string {
    return listOf(this.objects.filter((object) => !kinds.includes(object.kind)));
  }
}


function listOf(items: readonly KubeObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

interface Subset {
  readonly trafficPolicy?: { readonly portLevelSettings?: readonly { readonly tls?: { readonly sni?: string } }[] };
}
