import type { Variant } from '../../examples/bookinfo-external-mysql/app';
import { http, sql } from '../lab/clients';
import { Deployment } from '../lab/deployment';
import type { Lab } from '../lab/lab';
import { Manifest } from '../lab/manifest';
import type { Mariadb } from '../lab/mariadb';
import type { Pod } from '../lab/pod';

export const PASSWORD = 'only-for-the-lab';

/** What an operator runs on the database, with a user that may read the ratings and nothing else. */
export const RATINGS_SQL = `
  create database test; use test;
  create table ratings (ReviewID int not null, Rating int, primary key (ReviewID));
  insert into ratings values (1, 5), (2, 4);
  create user 'bookinfo'@'%' identified by '${PASSWORD}';
  grant select on test.ratings to 'bookinfo'@'%';`;

/** Where the database is, and the version of ratings that reads it. */
interface Database {
  readonly host: string;
  readonly address: string;
  readonly version: string;
  /** What the operator runs on it. */
  readonly sql?: string;
}

/** What a pod gets when it asks for the ratings of a book: both numbers, or what went wrong. */
export async function starsFor(pod: Pod): Promise<string> {
  const answer = await http(pod, { url: 'http://ratings:9080/ratings/0' });
  try {
    const body = JSON.parse(answer.text) as { ratings?: { Reviewer1: number; Reviewer2: number }; error?: string };
    return body.ratings ? `${body.ratings.Reviewer1} and ${body.ratings.Reviewer2}` : body.error ?? answer.text;
  } catch {
    return `${answer.code} ${answer.text}`.trim();
  }
}

/** Undefined when a pod gets these stars. */
export async function shows(pod: Pod, expected: string): Promise<string | undefined> {
  const stars = await starsFor(pod);
  return stars === expected ? undefined : `expected ${expected}, got ${stars}`;
}

/** Bookinfo with a MySQL outside the mesh, as the example's manifests have it. */
export class Bookinfo {
  /** Bookinfo before anything was said about the database: its Deployments run, nothing lets them out. */
  static async start(lab: Lab, variant: Variant, prepared?: string): Promise<Bookinfo> {
    const manifest = Manifest.ofExample('bookinfo-external-mysql', variant);
    const entry = manifest.entry();
    const address = String(entry.spec.addresses[0]).split('/')[0];
    const host = entry.spec.hosts[0] as string;
    await lab.dns.set(host, address);
    return Bookinfo.with(lab, manifest, { host, address, version: 'v2-mysql', sql: prepared });
  }

  /** The same with the MySQL on a virtual machine, before it joins the mesh and before anything was said about it. */
  static async beforeMachine(lab: Lab, variant: 'workload-entries' | 'workload-group', address: string): Promise<Bookinfo> {
    const manifest = Manifest.ofExample('bookinfo-mysql-vm', variant);
    const { name, namespace } = manifest.one('Service', 'mysqldb').metadata;
    const bookinfo = await Bookinfo.with(lab, manifest, { host: `${name}.${namespace}.svc.cluster.local`, address, version: 'v2-mysql-vm' });
    await lab.services.refresh(namespace as string);
    return bookinfo;
  }

  private static async with(lab: Lab, manifest: Manifest, database: Database): Promise<Bookinfo> {
    await Promise.all(manifest.namespaces().map((namespace) => lab.namespace(namespace)));
    await lab.kube.apply(manifest.without(...manifest.kindsOfIstio()));
    const deploy = (name: string): Promise<Deployment> => Deployment.start(lab, manifest.one('Deployment', name), {
      secrets: { username: 'bookinfo', password: PASSWORD },
    });
    const [running, ratings, local, reviews] = await Promise.all([
      lab.mariadb({ address: database.address, sql: database.sql ?? RATINGS_SQL }), deploy(`ratings-${database.version}`), deploy('ratings-v1'), deploy('reviews-v3'),
    ]);
    return new Bookinfo(lab, manifest, database.host, running, ratings, local, reviews.pod);
  }

  private constructor(
    private readonly lab: Lab,
    readonly manifest: Manifest,
    readonly host: string,
    readonly database: Mariadb,
    readonly ratings: Deployment,
    /** The version that answers 5 and 4 out of its own memory: it must not be the one that is asked. */
    readonly local: Deployment,
    /** Calls ratings, and has an account that nobody named. */
    readonly reviews: Pod,
  ) {}

  async apply(): Promise<void> {
    await this.lab.kube.apply(this.manifest.yaml);
  }

  /** What reviews gets. */
  stars(): Promise<string> {
    return starsFor(this.reviews);
  }

  /** Undefined when reviews gets these stars. */
  shows(expected: string): Promise<string | undefined> {
    return shows(this.reviews, expected);
  }

  /** Reads the ratings from some pod with the password from the Secret, as somebody would who has got hold of it. */
  steal(pod: Pod, host = this.host): ReturnType<typeof sql> {
    return sql(pod, { host, user: this.ratings.environment.MYSQL_DB_USER, password: this.ratings.environment.MYSQL_DB_PASSWORD });
  }
}
