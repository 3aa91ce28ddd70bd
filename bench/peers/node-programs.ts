import * as fs from 'node:fs';
import * as path from 'node:path';
import { Peer } from './peer';
import { Program } from '../programs';

/** A program of `bench/programs`, compiled; cdk8s writes a file for each chart. */
export function nodeProgram(id: string, title: string, program: Program, shape: string): Peer {
  const [cdk8s, constructs] = ['cdk8s', 'constructs'].map(versionOf);
  return {
    id,
    title,
    shape,
    tool: { version: `cdk8s ${cdk8s}, constructs ${constructs}`, install: () => Promise.resolve(process.execPath) },
    prepare: ({ programs, services, route, charts, folder, tool }) => {
      const writesTo = path.join(folder, 'dist');
      return { command: tool, args: [programs.fileOf(program), String(services), route, String(charts), writesTo], writesTo };
    },
  };
}

function versionOf(name: string): string {
  return (JSON.parse(fs.readFileSync(require.resolve(`${name}/package.json`), 'utf8')) as { version: string }).version;
}
