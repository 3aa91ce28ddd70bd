export * from './mesh';
export { ClientTls, MutualOptions, OriginateOptions } from './values/client-tls';
export { EgressGatewayAttributes, IEgressGateway } from './values/egress-gateway-attributes';
export * from './values/gateway-leg';
export * from './values/path-match';
export { Protocol, ProtocolProps, Speaker, TlsStart } from './values/protocol';
export { Resolution } from './values/resolution';
export { Credentials, SecretKeys } from './access/credentials';
export { ConnectOptions } from './access/connection';
export { MeshClient } from './access/mesh-client';
export { ExternalPort } from './services/declaration';
export {
  ClientDescription, ExternalServiceDescription, LegDescription, PortDescription, RouteDescription, TlsDescription,
} from './services/description';
export * from './services/i-external-service';
export { ExternalServiceAttributes, ImportedOptions } from './services/imported-service';
export { ExternalService, ExternalServiceOptions, ExternalServiceProps } from './services/external-service';
export * from './services/external-http';
export * from './services/external-mongo';
export * from './services/external-mysql';
export * from './services/external-postgres';
export * from './services/external-redis';
export * from './services/external-tcp';
export * from './services/external-tls';
export * from './ways/client-rules';
export * from './ways/egress-gateway';
export * from './ways/egress-via-gateway';
export * from './traffic/ingress-route';
export { MeshService, MeshServiceProps } from './traffic/mesh-service';
