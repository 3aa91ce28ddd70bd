/** Loads what is measured in a process that has loaded nothing yet: `cdk8s` alone, or the package as well. */
import { createRequire } from 'node:module';
import { Sample } from '../sample';

const load = createRequire(__filename);

const start = performance.now();
load('cdk8s');
if (process.argv[2] === 'library') {
  load('cdk8s-istio-egress');
}
const sample: Sample = { ms: performance.now() - start, rssMb: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(JSON.stringify(sample));
