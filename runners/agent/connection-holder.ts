/**
 * The hog's program (hog-program.ts) at work in a target's network: it holds connections from an address of its own open, and the kernel's list
 * of sockets tells how many of them the target's program has taken.
 */
import { z } from 'zod';
import { heldBy, hoggedFrom, socketTables } from './hogged-sockets.ts';
import { pause } from './operations/five-moves.ts';
import { BUNDLE_PATH } from './places.ts';
import { inNetworkOf, startProgram, WORD_MS_MAX } from './programs.ts';

/** The kernel closes the connections of a process that has ended within this. */
const CLOSED_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 50;

/** Where to connect to, how often, and from where. */
export interface HeldTo {
  readonly address: string;
  readonly port: number;
  readonly count: number;
  readonly source: string;
}

const lookShape = z.object({ open: z.number(), closed: z.number(), refused: z.number(), atNs: z.string() });

/** What the program says, and, of its connections, those that the target's program has taken. */
export type HolderLook = Readonly<z.output<typeof lookShape>> & { readonly accepted: number };

export interface Holder {
  alive(): boolean;
  /** Opens them all; answers with when, on the agent's clock. */
  open(): Promise<bigint>;
  look(): Promise<HolderLook>;
  /** Ends it, and with it its connections. */
  end(): Promise<void>;
}

/** Starts it in the network of this process; it waits. */
export async function startHolder(pid: number, { address, port, count, source }: HeldTo): Promise<Holder> {
  const asked = [address, port, count, source].map(String);
  const program = startProgram(inNetworkOf(pid, [process.execPath, BUNDLE_PATH, 'connection-hog', ...asked]));
  const told = async (order: string) => {
    program.write(`${order}\n`);
    return lookShape.parse(JSON.parse(await program.line(WORD_MS_MAX)));
  };
  await program.line(WORD_MS_MAX);
  return {
    alive: program.alive,
    open: async () => BigInt((await told('open')).atNs),
    look: async () => ({ ...(await told('look')), accepted: hoggedFrom(source, port, socketTables(pid)).accepted }),
    async end() {
      program.kill();
      await program.ended;
    },
  };
}

/** Waits until the kernel has closed the connections of a holder that has ended. */
export async function closedFrom(source: string, pid: number, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CLOSED_WITHIN_MS)]);
  while (heldBy(source, socketTables(pid)) > 0 && (await pause(LOOK_EVERY_MS, limit)));
}

/** For reading back: throws where connections from this address are still open. */
export function noneFrom(source: string, pid: number | undefined): string {
  const left = pid === undefined ? 0 : heldBy(source, socketTables(pid));
  if (left > 0) throw new Error(`${left} connections from ${source} are still open`);
  return `no connection from ${source} is left`;
}
