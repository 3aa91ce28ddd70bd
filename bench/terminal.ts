import { Failure } from './failure';

/** One line that is written over again and again; nobody wants it in a file. */
export function progress(text: string): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\x1b[K${text}`);
  }
}

/** Runs a command with the arguments of this process until it ends or somebody interrupts it. */
export function start(name: string, main: (argv: readonly string[], signal: AbortSignal) => Promise<void>): void {
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  process.once('SIGTERM', () => interruption.abort());
  main(process.argv.slice(2), interruption.signal).catch((error: unknown) => {
    progress('');
    if (interruption.signal.aborted) {
      process.exitCode = 130;
      return;
    }
    if (!(error instanceof Failure)) {
      throw error;
    }
    console.error(`${name}: ${error.message}`);
    process.exitCode = 1;
  });
}
