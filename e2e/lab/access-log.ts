import * as fs from 'node:fs';

/** One line of a proxy's access log: a connection, or a request. */
export interface AccessLogLine {
  readonly time?: number;
  readonly listener?: string;
  readonly client?: string;
  readonly sni?: string;
  readonly principal?: string;
  readonly tls?: string;
  readonly cluster?: string;
  readonly upstream?: string;
  readonly flags?: string;
  readonly details?: string;
  readonly failure?: string;
  /** Why the handshake with the client failed. */
  readonly refusal?: string;
  readonly sent?: number;
  readonly received?: number;
  readonly ms?: number;
  readonly code?: number;
}

/** Reads one line; a line that is still being written gives nothing. */
export function parseLine(line: string): AccessLogLine | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const parsed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value !== null && value !== '-') { parsed[key] = key === 'time' ? Number(value) : value; }
  }
  return parsed;
}

/** The access log of one proxy. Envoy writes a connection down when it ends, and flushes once a second. */
export class AccessLog {
  constructor(readonly file: string) {}

  /** Where the log ends now: what is written later is read with `since`. */
  mark(): number {
    try { return fs.statSync(this.file).size; } catch { return 0; }
  }

  since(mark = 0): AccessLogLine[] {
    let text: Buffer;
    try { text = fs.readFileSync(this.file); } catch { return []; }
    return text.subarray(Math.max(0, mark)).toString().split('\n').map(parseLine).filter((line) => line !== undefined);
  }

  /** The same of a log with other fields. */
  fieldsSince(mark = 0): Record<string, unknown>[] {
    return this.since(mark) as Record<string, unknown>[];
  }
}
