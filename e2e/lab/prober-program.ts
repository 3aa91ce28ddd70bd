/** Runs in a pod: asks a Redis again and again and writes down what became of each question; not called by hand. */
import * as net from 'node:net';

const [mode, host, port, interval] = process.argv.slice(2);
const QUESTION = 'GET who\r\n';
const PATIENCE = 15_000;

/** What the answer of one `GET` says, or undefined when it is not complete. */
function parse(text: string): string | undefined {
  return /^\$\d+\r\n(.*)\r\n$/s.exec(text)?.[1];
}

function write(started: number, answer: string | undefined, error?: string): void {
  process.stdout.write(`${JSON.stringify({ at: started, ms: Date.now() - started, answer, error })}\n`);
}

/** Each question on a connection of its own, whether the last one was answered or not. */
function fresh(): void {
  setInterval(() => {
    const started = Date.now();
    let text = '';
    let done = false;
    const socket = net.connect({ host, port: Number(port) });
    const finish = (answer: string | undefined, error?: string): void => {
      if (done) { return; }
      done = true;
      write(started, answer, error);
      socket.destroy();
    };
    socket.setTimeout(PATIENCE, () => finish(undefined, 'timeout'));
    socket.on('connect', () => socket.write(QUESTION));
    socket.on('data', (chunk) => {
      text += chunk.toString();
      const answer = parse(text);
      if (answer !== undefined) { finish(answer); }
    });
    socket.on('error', (error) => finish(undefined, (error as NodeJS.ErrnoException).code ?? error.message));
    socket.on('close', () => finish(undefined, 'closed'));
  }, Number(interval));
}

/** All questions on one connection, the next when the last was answered; a new connection only when that one ends. */
function held(): void {
  let started = Date.now();
  let text = '';
  const socket = net.connect({ host, port: Number(port) });
  const ask = (): void => {
    started = Date.now();
    text = '';
    socket.write(QUESTION);
  };
  socket.on('connect', ask);
  socket.on('data', (chunk) => {
    text += chunk.toString();
    const answer = parse(text);
    if (answer === undefined) { return; }
    write(started, answer);
    setTimeout(ask, Number(interval));
  });
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error('timeout')));
  let reason = 'closed';
  socket.on('error', (error) => { reason = (error as NodeJS.ErrnoException).code ?? error.message; });
  socket.on('close', () => {
    write(started, undefined, reason);
    setTimeout(held, Number(interval));
  });
}

if (mode === 'held') { held(); } else { fresh(); }
