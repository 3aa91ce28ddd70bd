import { spawn } from 'node:child_process';
import { Failure } from './failure';

/**
 * Runs a program in network, mount and process namespaces of its own and hands it a plan on its standard input.
 * When this process ends, however it ends, the kernel ends the program and everything it has started.
 */
export function enter(program: string, plan: unknown): Promise<number> {
  const child = spawn('setpriv', [
    // the kernel kills unshare when we die, and unshare's --kill-child the first process of the namespaces, and with it all
    '--pdeathsig', 'KILL', '--',
    'unshare', '--net', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--mount-proc', '--',
    process.execPath, ...process.execArgv, program,
  ], { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(plan));
  const parent = process.ppid;
  // whoever started us may be killed without a chance to tell us
  const watch = setInterval(() => {
    if (process.ppid !== parent) { process.exit(1); }
  }, 500);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      child.kill('SIGKILL');
      process.exit(1);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Failure(`namespaces: ${error.message}`)));
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      if (signal) { reject(new Failure(`the lab was ended by ${signal}`)); } else { resolve(code ?? 1); }
    });
  });
}
