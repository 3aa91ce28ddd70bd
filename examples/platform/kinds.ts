/** What a dependency can be. A kind more is a line more in KINDS. */
import {
  ClusterMember, DeclaredService, DependencyPurpose, ExternalHttp, ExternalKafka, ExternalMongo, ExternalMysql, ExternalPostgres, ExternalRedis,
  ExternalRedisCluster, ExternalService, ExternalServiceOptions, ExternalTls, Protocol,
} from 'cdk8s-istio-egress';
import { Construct } from 'constructs';

/** Where a dependency is, and what its objects say of its purpose. */
export interface Place extends DependencyPurpose {
  /** Its server, or the members of a cluster. */
  readonly servers: ClusterMember[];
  /** The port they listen on; the usual one of the kind when left out. */
  readonly port?: number;
}

type Declare = (scope: Construct, id: string, place: Place) => DeclaredService;

export const KINDS = {
  'mysql': server(ExternalMysql),
  'postgres': server(ExternalPostgres),
  'mongo': server(ExternalMongo),
  'redis': server(ExternalRedis),
  'redis-cluster': (scope, id, { servers, ...place }) => new ExternalRedisCluster(scope, id, { nodes: servers, ...place }),
  'kafka': (scope, id, { servers, ...place }) => new ExternalKafka(scope, id, { brokers: servers, ...place }),
  'https': server(ExternalHttp),
  'tls': server(ExternalTls),
  'oracle': speaking(Protocol.ORACLE),
  'amqp': speaking(Protocol.AMQP),
} satisfies { [kind: string]: Declare };

export type Kind = keyof typeof KINDS;

interface ServerProps extends ExternalServiceOptions {
  readonly host: string;
  readonly port?: number;
}

/** A kind with a construct of its own. */
function server(Service: new (scope: Construct, id: string, props: ServerProps) => ExternalService): Declare {
  return (scope, id, { servers, ...place }) => new Service(scope, id, { ...only(id, servers), ...place });
}

/** A protocol that the library knows, and has no construct for. */
function speaking(protocol: Protocol): Declare {
  return (scope, id, { servers, port = protocol.defaultPort!, ...purpose }) => {
    const { host, ...found } = only(id, servers);
    return new ExternalService(scope, id, { ...found, ...purpose, hosts: [host], ports: [{ number: port, protocol }] });
  };
}

function only(id: string, servers: readonly ClusterMember[]): ClusterMember {
  if (servers.length !== 1) {
    throw new Error(`${id}/hosts must have one host, got ${servers.map(({ host }) => host).join(', ') || 'none'}: only a cluster has several`);
  }
  return servers[0];
}
