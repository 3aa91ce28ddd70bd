import { AccessRule } from './access-policy';
import { Fields, strings } from './fields';
import { GatewayServer } from './gateway';

/** Who a client is, as only its certificate says; each with the same word after `not`. */
const IDENTITY = ['principals', 'namespaces', 'serviceAccounts', 'trustDomains'];
const IDENTITY_KEYS = ['source.principal', 'source.namespace', 'source.serviceAccount', 'source.trustDomain'];

/** What only HTTP requests have. */
const HTTP_OPERATION = ['hosts', 'paths', 'methods'];

/** The property of a source that asks for an identity, if one does. */
export function identityOf(source: Fields): string | undefined {
  return propertiesOf(source, IDENTITY)[0];
}

/** The condition of a rule that asks for an identity, if one does. */
export function identityCondition(rule: AccessRule): string | undefined {
  return rule.conditions.find(({ key }) => IDENTITY_KEYS.includes(key))?.key;
}

/** The properties of a rule that only HTTP requests have. */
export function httpPropertiesOf({ sources, operations, conditions }: AccessRule): string[] {
  return [
    ...operations.flatMap(operation => propertiesOf(operation, HTTP_OPERATION)),
    ...sources.flatMap(source => propertiesOf(source, ['requestPrincipals'])),
    ...conditions.map(({ key }) => key).filter(key => key.startsWith('request.')),
  ];
}

/** Whether a rule looks at anything that a TCP connection has. */
export function looksAtConnections(rule: AccessRule): boolean {
  return rule.sources.some(source => Object.keys(source).some(property => !/requestPrincipals/i.test(property)))
    || rule.operations.some(operation => propertiesOf(operation, ['ports']).length > 0) || rule.conditions.some(({ key }) => !key.startsWith('request.'));
}

function propertiesOf(fields: Fields, names: readonly string[]): string[] {
  const all = names.flatMap(name => [name, `not${name[0].toUpperCase()}${name.slice(1)}`]);
  return all.filter(name => strings(fields[name]).length > 0);
}

/** The server names that a rule is for; undefined when it is for any. */
export function serverNamesOf({ conditions }: AccessRule): readonly string[] | undefined {
  const named = conditions.filter(({ key, values }) => key === 'connection.sni' && values.length > 0).map(({ values }) => values);
  return named.length === 0 ? undefined : named[0].filter(name => named.every(values => values.includes(name)));
}

/** Whether a server asks its clients for a certificate. */
export function knowsClients({ tls }: GatewayServer): boolean {
  return tls !== undefined && ['MUTUAL', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'].includes(tls.mode);
}

/** Whether the proxy of a server sees a server name. */
export function seesServerName({ tls, protocol }: GatewayServer): boolean {
  return tls !== undefined || ['TLS', 'HTTPS'].includes(protocol);
}

/** Whether the proxy of a server reads requests, and not connections. */
export function readsRequests({ tls, protocol }: GatewayServer): boolean {
  return ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'].includes(protocol) || protocol === 'HTTPS' && tls !== undefined && !tls.mode.endsWith('PASSTHROUGH');
}
