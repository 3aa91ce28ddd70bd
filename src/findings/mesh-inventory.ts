/** One object of the cluster, as it is written, of this library or another tool. */
export interface MeshManifest {
  /** Group and version. */
  readonly apiVersion: string;
  /** The kind. */
  readonly kind: string;
  /** The name. */
  readonly name: string;
  /**
   * The namespace.
   *
   * @default - the manifest names none, and the namespace that it is applied to decides
   */
  readonly namespaceName?: string;
  /** The labels. */
  readonly labels: { [name: string]: string };
  /** The annotations. */
  readonly annotations: { [name: string]: string };
  /** The spec, as it is written; empty for an object without one. */
  readonly spec: { [field: string]: any };
  /** Where it comes from: the path of the construct that stands for it, or file and line. */
  readonly path: string;
}

/** A port of a dependency. */
export interface MeshDependencyPort {
  /** The port that clients connect to. */
  readonly number: number;
  /** The port on the endpoints. */
  readonly targetPort: number;
  /** How proxies tell its connections apart: `TCP`, `TLS` or `HTTP`. */
  readonly protocol: string;
}

/** A client of a dependency. */
export interface MeshDependencyClient {
  /** The namespace; `*` is every one. */
  readonly namespaceName: string;
  /**
   * The service account.
   *
   * @default - every account of the namespace
   */
  readonly serviceAccountName?: string;
}

/** A service that a ServiceEntry declares. */
export interface MeshDependency {
  /** The ServiceEntry. */
  readonly manifest: MeshManifest;
  /** The DNS names. */
  readonly hosts: string[];
  /** The ports. */
  readonly ports: MeshDependencyPort[];
  /** Where it is said to be: `MESH_EXTERNAL` or `MESH_INTERNAL`. */
  readonly location: string;
  /** The namespaces whose sidecars see it, sorted; `*` is every namespace. */
  readonly visibleTo: string[];
  /** The addresses that the sidecars capture. */
  readonly addresses: string[];
  /** The addresses and names that its connections end at, as far as it names them. */
  readonly endpoints: string[];
  /** Whether the sidecars send the connections to every host and port of it somewhere else, such as to a gateway. */
  readonly isRouted: boolean;
  /** The hosts that the sidecars send connections to instead, sorted: those of the Services of gateways. Empty for a direct service. */
  readonly routedTo: string[];
  /**
   * Who reaches it, sorted: the accounts that a gateway admits, and the namespaces whose sidecars know a way where nothing tells accounts apart. As far as the
   * manifests say; policies that are not about a gateway are not read.
   */
  readonly clients: MeshDependencyClient[];
  /**
   * The team that answers for it.
   *
   * @default - nobody is named
   */
  readonly owner?: string;
  /**
   * Why it exists.
   *
   * @default - no reason is given
   */
  readonly reason?: string;
  /**
   * The day on which it ends, as somebody wrote it.
   *
   * @default - no day is given
   */
  readonly expires?: string;
  /**
   * Where its owner is reached.
   *
   * @default - no contact is given
   */
  readonly contact?: string;
}

/** Everything that rules look at, read only. */
export interface MeshInventory {
  /** The services that ServiceEntries declare for workloads, in the order of the objects. */
  readonly dependencies: MeshDependency[];
  /** Every object. Asking for them renders all of the app. */
  readonly objects: MeshManifest[];
}
