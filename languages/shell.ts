import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a program printed, on both outputs. */
export interface Printed {
  readonly text: string;
  readonly code: number;
}

export interface Environment {
  readonly [name: string]: string | undefined;
}

/** Runs a program to its end, whatever that is. */
export async function attempt(program: string, args: readonly string[], cwd: string, env: Environment = {}): Promise<Printed> {
  // jsii warns of versions of Node that are older than it likes.
  const quiet = { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '18,20', JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1' };
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...args], { cwd, env: { ...process.env, ...quiet, ...env }, maxBuffer: Infinity });
    return { text: `${stdout}${stderr}`, code: 0 };
  } catch (error) {
    const { stdout = '', stderr = '', code } = error as { readonly stdout?: string; readonly stderr?: string; readonly code?: number | string };
    return { text: `${stdout}${stderr}` || String(error), code: typeof code === 'number' ? code : 127 };
  }
}

/** Runs a program that has to succeed. */
export async function succeed(program: string, args: readonly string[], cwd: string, env: Environment = {}): Promise<string> {
  const { text, code } = await attempt(program, args, cwd, env);
  if (code !== 0) {
    throw new Error(`"${program} ${args.join(' ')}" ends with ${code}:\n${text.trim().split('\n').slice(-20).join('\n')}`);
  }
  return text;
}

/** What npm and tsx tell their programs of where they are is taken away: those of another project would believe it. */
export function elsewhere(): Environment {
  const ours = Object.keys(process.env).filter(name => /^(npm_(package|lifecycle)_|npm_config_local_prefix$|INIT_CWD$|TSX_)/.test(name));
  return Object.fromEntries(ours.map(name => [name, undefined]));
}

/** Whether a program is there. */
export async function isThere(program: string): Promise<boolean> {
  return (await attempt(program, ['--version'], '.')).code === 0 || (await attempt(program, ['version'], '.')).code === 0;
}
