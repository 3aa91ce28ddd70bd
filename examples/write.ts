/** Writes the manifests of every example into its folder again: `npm run examples`. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Chart } from 'cdk8s';
import { bookinfoWithDetailsOverHttps } from './bookinfo-details-https/app';
import { bookinfoWithExternalMongodb } from './bookinfo-external-mongodb/app';
import { bookinfoWithExternalMysql } from './bookinfo-external-mysql/app';
import { DEFAULT_DATABASE } from './bookinfo-external-mysql/main';
import { bookinfoWithMysqlOnVm } from './bookinfo-mysql-vm/app';
import { cartWithExternalRedis } from './cart-external-redis/app';
import { platform } from './platform/app';
import { readEnvironment } from './platform/config';
import { sentencesWithHttpApi } from './sentences-http-api/app';

/** One set of manifests that an example gives. */
export interface ExampleSet {
  /** Where it is kept, relative to this folder. */
  readonly folder: string;
  readonly build: (app: App) => Chart;
}

export const EXAMPLES: readonly ExampleSet[] = [
  { folder: 'bookinfo-external-mysql/manifests/direct', build: app => bookinfoWithExternalMysql(app, 'direct', DEFAULT_DATABASE) },
  { folder: 'bookinfo-external-mysql/manifests/via-gateway', build: app => bookinfoWithExternalMysql(app, 'via-gateway', DEFAULT_DATABASE) },
  {
    folder: 'bookinfo-external-mysql/manifests/via-gateway-with-bootstrap',
    build: app => bookinfoWithExternalMysql(app, 'via-gateway-with-bootstrap', DEFAULT_DATABASE),
  },
  { folder: 'bookinfo-external-mysql/manifests/closed', build: app => bookinfoWithExternalMysql(app, 'closed', DEFAULT_DATABASE) },
  { folder: 'bookinfo-mysql-vm/manifests/workload-entries', build: app => bookinfoWithMysqlOnVm(app, 'workload-entries') },
  { folder: 'bookinfo-mysql-vm/manifests/workload-group', build: app => bookinfoWithMysqlOnVm(app, 'workload-group') },
  { folder: 'bookinfo-external-mongodb/manifests/via-gateway', build: bookinfoWithExternalMongodb },
  { folder: 'bookinfo-details-https/manifests/via-gateway', build: bookinfoWithDetailsOverHttps },
  { folder: 'cart-external-redis/manifests/direct', build: app => cartWithExternalRedis(app, 'direct') },
  { folder: 'cart-external-redis/manifests/via-gateway', build: app => cartWithExternalRedis(app, 'via-gateway') },
  { folder: 'sentences-http-api/manifests/direct', build: app => sentencesWithHttpApi(app, 'direct') },
  { folder: 'sentences-http-api/manifests/via-gateway', build: app => sentencesWithHttpApi(app, 'via-gateway') },
  { folder: 'platform/manifests/staging', build: app => platform(app, readEnvironment('staging')) },
  { folder: 'platform/manifests/production', build: app => platform(app, readEnvironment('production')) },
];

if (require.main === module) {
  for (const { folder, build } of EXAMPLES) {
    const outdir = path.join(__dirname, folder);
    fs.rmSync(outdir, { recursive: true, force: true });
    const app = new App({ outdir });
    build(app);
    app.synth();
    console.log(`written: examples/${folder}`);
  }
}
