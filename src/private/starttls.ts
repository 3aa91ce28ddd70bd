/** A protocol in which client and server agree on TLS in the middle of a connection, so that no proxy can begin it. */
export interface UpgradedProtocol {
  readonly name: string;
  /** Its usual port. */
  readonly port: number;
  /** How ports, hosts and Istio's protocols are called that carry it. */
  readonly called: RegExp;
}

const UPGRADED: readonly UpgradedProtocol[] = [
  { name: 'MySQL', port: 3306, called: /mysql|mariadb/i },
  { name: 'PostgreSQL', port: 5432, called: /postgres|pgsql|\bpg\b/i },
  { name: 'SQL Server', port: 1433, called: /mssql|sqlserver/i },
  { name: 'NATS', port: 4222, called: /\bnats\b/i },
  { name: 'SMTP', port: 587, called: /\bsmtp\b/i },
  { name: 'LDAP', port: 389, called: /\bldap\b/i },
];

/** The one that a port carries by its usual number; no more than a guess. */
export function upgradedOn(port: number): UpgradedProtocol | undefined {
  return UPGRADED.find(protocol => protocol.port === port);
}

/** The one that the names of a port say. */
export function upgradedAs(...names: readonly string[]): UpgradedProtocol | undefined {
  return UPGRADED.find(({ called }) => names.some(name => called.test(name)));
}
