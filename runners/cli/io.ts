/** The outside of the command line, passed in, so that tests call it in process. */

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface CliIo {
  /** Without `node` and the script. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Present where a person can answer. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Called with 1, 2, 3 … for each interrupt or termination signal that comes while a run is on; returns the un-listener. */
  onSignal(listener: (signal: string) => void): () => void;
}

/** True where colours and redrawing are wanted: a terminal, and neither NO_COLOR nor TERM=dumb. */
export function wantsColor(io: CliIo): boolean {
  return io.stdout.isTTY === true && !io.environment['NO_COLOR'] && io.environment['TERM'] !== 'dumb';
}
