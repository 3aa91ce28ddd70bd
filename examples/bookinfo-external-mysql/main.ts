import * as fs from 'node:fs';
import * as path from 'node:path';
import { styleText } from 'node:util';
import { App } from 'cdk8s';
import { bookinfoWithExternalMysql, Database } from './app';

const HELP = `usage: npm run bookinfo

Writes Bookinfo with an external MySQL into dist/: once with a direct connection to the database, once through the egress gateway.

environment:
  MYSQL_DB_HOST   name of the database    (default mysqldb.example.com)
  MYSQL_DB_PORT   its port                (default 3306)
  MYSQL_DB_IP     its IP address          (default 192.0.2.14)
`;

export const VARIANTS = ['direct', 'via-gateway'] as const;

export const DEFAULT_DATABASE: Database = { host: 'mysqldb.example.com', port: 3306, ip: '192.0.2.14' };

function databaseOf(env: NodeJS.ProcessEnv): Database {
  const { host, port, ip } = DEFAULT_DATABASE;
  return { host: env.MYSQL_DB_HOST || host, port: Number(env.MYSQL_DB_PORT || port), ip: env.MYSQL_DB_IP || ip };
}

/** Everything is synthesised in memory first: a mistake in the environment leaves what was written before as it was. */
function write(database: Database): { readonly folder: string; readonly files: string[] }[] {
  const made = VARIANTS.map(variant => {
    const app = new App({ outdir: path.join('dist', `bookinfo-${variant}`) });
    bookinfoWithExternalMysql(app, variant, database);
    app.synthYaml();
    return app;
  });
  return made.map(app => {
    fs.rmSync(app.outdir, { recursive: true, force: true });
    app.synth();
    return { folder: app.outdir, files: fs.readdirSync(app.outdir).sort() };
  });
}

function report(database: Database, written: ReturnType<typeof write>): string {
  const bold = (text: string) => (process.stdout.isTTY && !process.env.NO_COLOR ? styleText('bold', text) : text);
  const { host, port, ip } = database;
  const files = written.flatMap(({ folder, files: names }) => names.map(name => `  ${path.join(folder, name)}`));
  return `${bold('written')}
${files.join('\n')}

${bold('the path of the connection')}
  direct        ratings-v2-mysql -> its sidecar -> ${ip}:${port} (${host})
                every pod of the namespace can take this path; only the password protects the database
  via-gateway   ratings-v2-mysql -> its sidecar == mutual TLS ==> istio-egressgateway:443 -> ${ip}:${port} (${host})
                only the service account bookinfo-ratings-v2-mysql passes the gateway

${bold('what to do next')}
  1. make the ratings and a user that may read them, and nothing else, in the database (a user that logs in with mysql_native_password;
     the ratings service knows no newer way):
       CREATE DATABASE test; USE test;
       CREATE TABLE ratings (ReviewID INT NOT NULL, Rating INT, PRIMARY KEY (ReviewID));
       INSERT INTO ratings VALUES (1, 5), (2, 4);
       CREATE USER 'bookinfo'@'%' IDENTIFIED BY '...';
       GRANT SELECT ON test.ratings TO 'bookinfo'@'%';
  2. make the namespace, with sidecars, and the Secret that the set refers to:
       kubectl create namespace bookinfo
       kubectl label namespace bookinfo istio-injection=enabled
       kubectl -n bookinfo create secret generic ratings-mysql --from-literal=username=bookinfo --from-literal=password='...'
     and see that ${host} resolves to ${ip} inside the cluster
  3. apply one of the two sets:
       kubectl apply -f ${written[0].folder}
       kubectl apply -f ${written[1].folder}      # needs the stock egress gateway
  4. open the page; its stars are the two ratings of the database. Change one, and the page changes:
       kubectl -n istio-system port-forward service/istio-ingressgateway 8080:80
       http://localhost:8080/productpage
`;
}

if (require.main === module) {
  if (process.argv.slice(2).some(argument => argument === '--help' || argument === '-h')) {
    process.stdout.write(HELP);
  } else {
    try {
      const database = databaseOf(process.env);
      process.stdout.write(report(database, write(database)));
    } catch (error) {
      console.error(`bookinfo: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
}
