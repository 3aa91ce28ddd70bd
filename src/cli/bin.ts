import { main } from './main';
import { Terminal } from './terminal';

const { env, stdin, stdout, stderr } = process;

/** Clears the line that is written next. */
const CLEAR = '\r\u001b[K';

let isProgressShown = false;

const terminal: Terminal = {
  hasColours: stdout.isTTY && !env.NO_COLOR && env.TERM !== 'dumb',
  out: text => {
    stdout.write(text);
  },
  err: text => {
    stderr.write(text);
  },
  progress: text => {
    if (stderr.isTTY && (text !== undefined || isProgressShown)) {
      stderr.write(`${CLEAR}${text ?? ''}`);
      isProgressShown = text !== undefined;
    }
  },
  stdin: async () => {
    const parts: Buffer[] = [];
    for await (const part of stdin) {
      parts.push(part as Buffer);
    }
    return Buffer.concat(parts);
  },
};

for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Who reads the first lines only, as `head` does, wants no more.
    if (error.code !== 'EPIPE') {
      process.exitCode = 2;
    }
  });
}

void main(process.argv.slice(2), terminal).then(code => {
  process.exitCode = code;
});
