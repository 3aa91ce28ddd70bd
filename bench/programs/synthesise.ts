import { App, AppProps } from 'cdk8s';
import { Route } from '../cases';
import { Sample } from '../sample';
import { ChartItems, inventory } from './inventory';

type AppType = new (props: AppProps) => App;

/** Builds and synthesises an app as the program's arguments say (services, route, charts, output folder), and prints what it took. */
export function synthesise(build: (app: App, charts: readonly ChartItems[], route: Route) => void, type: AppType = App): void {
  const [services, route, charts, outdir] = process.argv.slice(2);
  const items = inventory(Number(services), Number(charts));
  timed(outdir, app => build(app, items, route as Route), type);
}

/** Builds and synthesises an app, and prints what it took. */
export function timed(outdir: string, build: (app: App) => void, type: AppType = App): void {
  const start = performance.now();
  const app = new type({ outdir });
  build(app);
  app.synth();
  const ms = performance.now() - start;

  // maxRSS is the highest so far, in KiB.
  const sample: Sample = { ms, rssMb: process.resourceUsage().maxRSS / 1024 };
  process.stdout.write(JSON.stringify(sample));
}
