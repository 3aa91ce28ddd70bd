import * as os from 'node:os';
import { Machine } from './results';

/** This machine now. */
export function machine(): Machine {
  return {
    month: new Date().toLocaleDateString('en-US', { month: 'long', year: 'numeric' }),
    cores: os.availableParallelism(),
    node: process.versions.node.split('.').slice(0, 2).join('.'),
    load: Number(os.loadavg()[0].toFixed(1)),
  };
}
