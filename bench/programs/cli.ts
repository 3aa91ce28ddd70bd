/**
 * The program `cdk8s-istio-egress` with the given arguments; its result goes nowhere. Prints what the whole process took, Node's start included. It is the time of the
 * processor on all threads: other work of the machine does not count, and on an idle machine nobody waits longer.
 */
import { main } from '../../src/cli/main';
import { Sample } from '../sample';

const WRONG_USE = 2;
let said = '';

void main(process.argv.slice(2), {
  hasColours: false,
  out: () => undefined,
  err: text => {
    said += text;
  },
  progress: () => undefined,
  stdin: () => Promise.resolve(Buffer.alloc(0)),
}).then(code => {
  if (code === WRONG_USE) {
    process.stderr.write(`error: ${said}`);
    process.exitCode = 1;
    return;
  }
  const { user, system } = process.cpuUsage();
  const sample: Sample = { ms: (user + system) / 1000, rssMb: process.resourceUsage().maxRSS / 1024 };
  process.stdout.write(JSON.stringify(sample));
});
