import { ExternalPort } from './declaration';
import {
  checkMembers, CLUSTER_OPTIONS, ClusterMember, ExternalClusterAttributes, ExternalClusterOptions, ExternalClusterProps,
} from './external-cluster';
import { IMPORTED_OPTIONS, ImportedOptions } from './imported-service';
import { without } from './kind';
import { Check, checkHostName, checkList, checkProps, unchecked } from '../private/check';
import { failBelow } from '../private/fail';

/** A kind of cluster: its name in messages, its word for the members, its own properties, and the ports that they stand for. */
export class ClusterKind<Own extends object> {
  public constructor(
    private readonly name: string,
    private readonly membersProperty: string,
    private readonly checks: { readonly [property: string]: Check },
    private readonly portsOf: (own: Own) => ExternalPort[],
    private readonly required: readonly string[] = [],
  ) {}

  /** A kind's properties as those of a cluster. They are checked before there is a construct, so its path is given by scope and id. */
  public props(scope: unknown, id: unknown, props: Own & ExternalClusterOptions): ExternalClusterProps {
    const fail = failBelow(scope, id);
    checkProps(fail, this.name, props, { [this.membersProperty]: unchecked, ...this.checks, ...CLUSTER_OPTIONS }, this.required);
    const members = (props as { readonly [property: string]: unknown })[this.membersProperty] as ClusterMember[];
    checkMembers(fail, this.membersProperty, members);
    return { ...without<ExternalClusterOptions>(props, this.membersProperty, this.checks), members, ports: this.portsOf(props) };
  }

  /** The attributes of a kind that another app declares as those of a cluster. */
  public attributes(scope: unknown, id: unknown, attributes: Own & ImportedOptions & { readonly hosts: string[] }): ExternalClusterAttributes {
    checkProps(failBelow(scope, id), `${this.name}.fromAttributes()`, attributes, { hosts: checkList(checkHostName, '"db.example.com"'), ...this.checks, ...IMPORTED_OPTIONS }, [
      ...this.required, 'namespaceName',
    ]);
    const imported = without<ImportedOptions & { readonly hosts: string[] }>(attributes, this.membersProperty, this.checks);
    return { ...imported, ports: this.portsOf(attributes) };
  }
}
