/** Where a command reads from and writes to. */
export interface Terminal {
  /** Whether results go to a person who sees colours. */
  readonly hasColours: boolean;
  out(text: string): void;
  err(text: string): void;
  /** Says how far a long work is, to a person alone; without a text it is done. */
  progress(text?: string): void;
  stdin(): Promise<Buffer>;
}
