import { Case } from '../cases';
import { Programs } from '../programs';
import { ChartItems } from '../programs/inventory';
import { Manifest } from '../template';
import { Tool } from './tool';

/** A program that writes the objects of all services, and how it comes to them. */
export interface Peer {
  /** As on the command line and in the results. */
  readonly id: string;
  readonly title: string;
  /** What a person writes for it, in a sentence that goes on after the title. */
  readonly shape: string;
  readonly tool: Tool;
  /** The most services; more take it too long. */
  readonly most?: number;
  /** Writes into the folder what a person would have written. */
  prepare(task: Task): Invocation;
}

export interface Task extends Case {
  /** The objects of any service. */
  readonly template: readonly Manifest[];
  readonly items: readonly ChartItems[];
  /** Empty, and the peer's own. */
  readonly folder: string;
  /** Where the tool is. */
  readonly tool: string;
  readonly programs: Programs;
}

/** How the program is started. */
export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: { readonly [name: string]: string };
  /** The folder that it writes its files into; otherwise it writes to its standard output. */
  readonly writesTo?: string;
}
