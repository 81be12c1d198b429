/** What the program in the checker's container is asked to look at, and what it answers with. */

/** A running container of the system. */
export interface Place {
  readonly name: string;
  readonly id: string;
  readonly pid: number;
  /** Mount points inside it whose files the program writes as it works: there only names of ours count. */
  readonly dataPaths: readonly string[];
  /** Paths of its writable layer that differ from its image. */
  readonly changed: readonly string[];
}

export interface Asked {
  readonly places: readonly Place[];
  /** A process in the namespaces of the engine's host. */
  readonly hostPid: number;
  /** True where nobody else uses this engine, so that everything about the host counts. */
  readonly wholeHost: boolean;
}

/** By section, `web: packet rules`, the lines that were seen there. */
export type Sections = Record<string, readonly string[]>;
