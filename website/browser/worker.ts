/** `explain`, `lint` and `report` of the program in a worker of the browser: it is asked with arguments and a standard input, and answers with what the program writes. */
import { explain } from '../../src/cli/explain';
import { lint } from '../../src/cli/lint';
import { report } from '../../src/cli/report';
import { run } from '../../src/cli/run';

/** A call of the program. */
export interface Question {
  readonly id: number;
  /** As a shell gives them; an option and its value are one: `--namespace=shop`. */
  readonly args: readonly string[];
  /** The standard input. */
  readonly text: string;
}

/** What the program wrote. */
export interface Answer {
  readonly id: number;
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** How far it is. */
export interface Progress {
  readonly id: number;
  readonly progress: string;
}

interface Scope {
  onmessage: (event: { readonly data: Question }) => void;
  postMessage(message: Answer | Progress): void;
}

const scope = globalThis as unknown as Scope;

scope.onmessage = ({ data: { id, args, text } }) => {
  const [out, err]: string[][] = [[], []];
  void run([explain, lint, report], args, {
    hasColours: false,
    out: part => {
      out.push(part);
    },
    err: part => {
      err.push(part);
    },
    progress: progress => progress !== undefined && scope.postMessage({ id, progress }),
    stdin: () => Promise.resolve(new TextEncoder().encode(text) as Buffer),
  }).then(code => scope.postMessage({ id, code, out: out.join(''), err: err.join('') }));
};
