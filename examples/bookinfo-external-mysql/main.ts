import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { App } from 'cdk8s';
import { ExternalService } from 'cdk8s-istio-egress';
import { bookinfoNamespace, bookinfoWithExternalMysql, Database, NAMESPACES, Variant } from './app';

const HELP = `usage: npm run bookinfo -- [--out FOLDER] [--with-bootstrap] [--with-namespace] [--help]

Writes Bookinfo with an external MySQL: with a direct connection to the database, through Istio's egress gateway, and through a gateway of its own.

  --out FOLDER       where to write (default dist)
  --with-bootstrap   write a fourth set, in which a Job creates the ratings and their user in the database
  --with-namespace   write the Namespace too, labelled for sidecar injection
  --help             this text

environment:
  MYSQL_DB_HOST      name of the database    (default mysqldb.example.com)
  MYSQL_DB_PORT      its port                (default 3306)
  MYSQL_DB_IP        its IP address          (default 192.0.2.14)
`;

const VARIANTS: readonly Variant[] = ['direct', 'via-gateway', 'closed'];

export const DEFAULT_DATABASE: Database = { host: 'mysqldb.example.com', port: 3306, ip: '192.0.2.14' };

interface Options {
  readonly out: string;
  readonly withBootstrap: boolean;
  readonly withNamespace: boolean;
}

/** One set of manifests that was written. */
interface Written {
  readonly folder: string;
  readonly files: readonly string[];
}

function databaseOf(env: NodeJS.ProcessEnv): Database {
  const { host, port, ip } = DEFAULT_DATABASE;
  const given = env.MYSQL_DB_PORT || String(port);
  // A text that is no number is passed on as it is: the library quotes it.
  return { host: env.MYSQL_DB_HOST || host, port: /^\d+$/.test(given) ? Number(given) : given as never, ip: env.MYSQL_DB_IP || ip };
}

/** The variable that a message of the library is about: its reader has set variables, not properties. */
function withVariable(message: string): string {
  const variables = { 'host': 'MYSQL_DB_HOST', 'port': 'MYSQL_DB_PORT', 'Resolution.ipAddresses()[0]': 'MYSQL_DB_IP' };
  const [, variable] = Object.entries(variables).find(([property]) => message.includes(`'${property}' `)) ?? [];
  return variable ? `${variable}: ${message}` : message;
}

/** Everything is synthesised in memory first: a mistake in the environment leaves what was written before as it was. */
function write(database: Database, { out, withBootstrap, withNamespace }: Options): { readonly written: Written[]; readonly serverName: string } {
  const apps = [...VARIANTS, ...withBootstrap ? ['via-gateway-with-bootstrap' as const] : []].map(variant => {
    const app = new App({ outdir: path.join(out, `bookinfo-${variant}`) });
    if (withNamespace && variant !== 'closed') {
      bookinfoNamespace(app);
    }
    bookinfoWithExternalMysql(app, variant, database);
    app.synthYaml();
    return app;
  });
  const written = apps.map(app => {
    fs.rmSync(app.outdir, { recursive: true, force: true });
    app.synth();
    return { folder: app.outdir, files: fs.readdirSync(app.outdir).sort() };
  });
  const [mysql] = ExternalService.allIn(apps[1]);
  return { written, serverName: mysql.describe().route!.legs[0].serverName };
}

function report(database: Database, { written, serverName }: ReturnType<typeof write>, { withBootstrap, withNamespace }: Options): string {
  const bold = (text: string) => (process.stdout.isTTY && !process.env.NO_COLOR ? styleText('bold', text) : text);
  const { host, port, ip } = database;
  const files = written.flatMap(({ folder, files: names }) => names.map(name => `  ${path.join(folder, name)}`));
  const namespace = withNamespace ? `kubectl apply -f ${written[0].folder}/00-namespace.k8s.yaml` : `kubectl create namespace bookinfo
       kubectl label namespace bookinfo istio-injection=enabled`;
  const bootstrap = withBootstrap ? `
     With ${written[3].folder} a Job does that, with the password of an administrator, in step 3:
       kubectl -n bookinfo create secret generic mysql-admin --from-literal=username=... --from-literal=password='...'
       kubectl apply -f ${written[3].folder}
       kubectl -n bookinfo wait --for=condition=Complete job --all --timeout=5m` : '';
  return `${bold('Written')}
${files.join('\n')}

${bold('Path of the connection')}
  direct        ratings-v2-mysql -> sidecar -> ${ip}:${port} (${host})
                Every pod of the namespace can take this path; only the password protects the database.
  via-gateway   ratings-v2-mysql -> sidecar == mutual TLS ==> istio-egressgateway:443 -> ${ip}:${port} (${host})
                The gateway admits the service account bookinfo-ratings-v2-mysql and denies every other identity.
  closed        the same through a gateway of its own, egress in namespace egress, which denies what is not declared; pods are restricted

${bold('Before you begin')}
  A mesh with sidecars. Each set has a Sidecar and a NetworkPolicy that let the pods of bookinfo reach each other, DNS, istiod and the way to the
  database. Your network plugin has to enforce NetworkPolicies: otherwise pods without a sidecar reach everything. Other namespaces stay as open as
  they are: on ALLOW_ANY, Istio's default, their pods reach the database directly; REGISTRY_ONLY or a lock-down there closes that.
  via-gateway needs Istio's egress gateway; check, and install it if it is missing:
       kubectl -n istio-system get service istio-egressgateway
       istioctl install --set components.egressGateways[0].name=istio-egressgateway --set components.egressGateways[0].enabled=true
     (with Helm: helm install istio-egressgateway istio/gateway -n istio-system --set service.type=ClusterIP)

${bold('Next steps')}
  1. In the database, create the ratings and a user that can only read them. The ratings service logs in with mysql_native_password.
       CREATE DATABASE test; USE test;
       CREATE TABLE ratings (ReviewID INT NOT NULL, Rating INT, PRIMARY KEY (ReviewID));
       INSERT INTO ratings VALUES (1, 5), (2, 4);
       CREATE USER 'bookinfo'@'%' IDENTIFIED BY '...';
       GRANT SELECT ON test.ratings TO 'bookinfo'@'%';${bootstrap}
     Run the server with skip_name_resolve=ON: the gateway connects before it denies a client, and MySQL blocks it after 100 denied connections.
  2. Create the namespace and the Secret that the manifests refer to:
       ${namespace}
       kubectl -n bookinfo create secret generic ratings-mysql --from-literal=username=bookinfo --from-literal=password='...'
     ${host} must resolve to ${ip} inside the cluster.
     closed has its namespaces (kubectl apply -f ${path.join(written[2].folder, `${NAMESPACES}.k8s.yaml`)}), and needs Istio's CNI plugin.
  3. Apply one of the sets, wait, and let Istio analyze the result:
       kubectl apply -f ${written[0].folder}
       kubectl apply -f ${written[1].folder}
       kubectl apply -f ${written[2].folder}
       kubectl -n bookinfo wait --for=condition=Available deployment --all --timeout=5m
       istioctl analyze -n bookinfo
  4. Check that ratings reads the database: [5,4] in this answer, and the stars of the page, are its two rows. Change one, and both change.
       kubectl -n bookinfo exec deploy/ratings-v2-mysql -c ratings -- curl -s http://localhost:9080/ratings/1
       kubectl -n istio-system port-forward service/istio-ingressgateway 8080:80      # http://localhost:8080/productpage
  5. With via-gateway, check that another service account is denied: this command ends in ConnectionResetError or b'', without the greeting of MySQL.
       kubectl -n bookinfo exec deploy/productpage-v1 -c productpage -- python3 -c \\
         "import socket; print(socket.create_connection(('${ip}', ${port}), 5).recv(99))"
     The gateway logs both (with access logging on): ratings with the bytes it received, the denied client with 0 bytes received.
       kubectl -n istio-system logs deploy/istio-egressgateway | grep ${serverName}
     The gateway of closed is deploy/egress in namespace egress.
`;
}

function optionsOf(args: readonly string[]): Options & { readonly help: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'out': { type: 'string' }, 'with-bootstrap': { type: 'boolean' }, 'with-namespace': { type: 'boolean' }, 'help': { type: 'boolean', short: 'h' },
    },
  });
  return { out: values.out ?? 'dist', withBootstrap: values['with-bootstrap'] ?? false, withNamespace: values['with-namespace'] ?? false, help: values.help ?? false };
}

/** Returns the exit code: 0, 1 for a mistake in the environment, 2 for an argument that does not exist. */
export function main(args: readonly string[], env: NodeJS.ProcessEnv): number {
  let options;
  try {
    options = optionsOf(args);
  } catch (error) {
    console.error(`bookinfo: ${(error as Error).message.split('. ')[0]}; see npm run bookinfo -- --help`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  try {
    const database = databaseOf(env);
    process.stdout.write(report(database, write(database, options), options));
    return 0;
  } catch (error) {
    console.error(`bookinfo: ${withVariable((error as Error).message)}`);
    return 1;
  }
}

if (require.main === module) {
  process.exitCode = main(process.argv.slice(2), process.env);
}
