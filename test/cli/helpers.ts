import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { main } from '../../src/cli/main';

/** What a run of the program wrote, and its exit code. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly progress: readonly string[];
}

export interface RunOptions {
  readonly stdin?: string;
  readonly hasColours?: boolean;
}

/** Runs the program in this process. */
export async function run(args: readonly string[], { stdin = '', hasColours = false }: RunOptions = {}): Promise<Run> {
  let [out, err] = ['', ''];
  const progress: string[] = [];
  const code = await main(args, {
    hasColours,
    out: text => { out += text; },
    err: text => { err += text; },
    progress: text => { progress.push(text ?? ''); },
    stdin: () => Promise.resolve(Buffer.from(stdin)),
  });
  return { code, out, err, progress };
}

/** Runs with some files in the working folder. */
export async function runWith(files: { readonly [file: string]: string }, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const before = process.cwd();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'istio-egress-test-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text);
    }
    process.chdir(folder);
    return await run(args, options);
  } finally {
    process.chdir(before);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** A ServiceEntry for a database of TCP without an address of its own: right on its own, and two of them on one port are MX0203. */
export function database(name: string, port = 3306): string {
  return `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: ${name}
  namespace: shop
spec:
  hosts:
    - ${name}.example.com
  ports:
    - number: ${port}
      name: tcp
      protocol: TCP
  resolution: DNS
  exportTo: ["."]
`;
}
