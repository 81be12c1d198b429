/**
 * The limits of open files of a container's processes, lowered to what they have open, and put back. A process that is begun meanwhile inherits
 * the lowered limit, and is known by it. What somebody else has set is left alone.
 */
import { z } from 'zod';
import { type FileLimit, fileLimitShape, limitLeaving, type OpenFiles, type Owner } from './open-files.ts';
import type { Process } from './processes.ts';

/** One process's limit: as it was found, and, once it is known, what was set instead. */
const changeShape = z.object({ pid: z.number(), startTicks: z.string(), found: fileLimitShape, set: z.number().exactOptional() });
export type LimitChange = Readonly<z.output<typeof changeShape>>;

const changesShape = z.array(changeShape).readonly();

/** The kernel, as far as it is needed here. */
export interface ProcessTable {
  /** Those of the container, by now. */
  processes(): Promise<readonly Process[]>;
  /** Undefined where it has ended. */
  openFiles(pid: number): OpenFiles | undefined;
  /** Throws where that is not allowed. */
  set(pid: number, owner: Owner, limit: FileLimit): Promise<void>;
}

/** Children that are begun while limits are changed are looked for so often. */
export const ROUNDS_MAX = 5;

/** A process and what it has open. */
export interface FoundFiles {
  readonly process: Process;
  readonly files: OpenFiles;
}

export function readChanges(text: string): readonly LimitChange[] {
  return changesShape.parse(JSON.parse(text));
}

/** As it is known before the act. */
export function asFound(changes: readonly LimitChange[]): readonly LimitChange[] {
  return changes.map(({ pid, startTicks, found }) => ({ pid, startTicks, found }));
}

/** What each of these processes has open; those that have ended are left out. */
export function filesOf(processes: readonly Process[], table: ProcessTable): readonly FoundFiles[] {
  return processes.flatMap((process) => {
    const files = table.openFiles(process.pid);
    return files ? [{ process, files }] : [];
  });
}

/**
 * How to leave each process so many descriptors. A limit that is set stands for one that was found, so that a child's can be put back too.
 * Throws, with a sentence for people, where one has no more than that as it is, or is nobody's whose limits can be set.
 */
export function changesFor(found: readonly FoundFiles[], leave: number, before: readonly LimitChange[] = []): readonly LimitChange[] {
  const all = [...before];
  for (const { process, files } of found) {
    const { limit, owner, numbers } = files;
    const who = `its process ${process.insidePid} (${process.name})`;
    if (!owner) throw new Error(`${who} runs under several users at once, so that its limits cannot be set`);
    // What a connection frees when it closes must not be given out again.
    let set = limitLeaving(files.lasting(), leave);
    while (all.some((each) => each.set === set && each.found.hard === limit.hard && each.found.soft !== limit.soft)) set += 1;
    if (set >= limit.soft) throw new Error(`${who} has ${numbers.length} files open, and may open no more than ${limit.soft} as it is`);
    all.push({ pid: process.pid, startTicks: process.startTicks, found: limit, set });
  }
  return all.slice(before.length);
}

/** Those that have neither a changed limit nor inherited one. */
export function withoutChange(found: readonly FoundFiles[], changes: readonly LimitChange[]): readonly FoundFiles[] {
  return found.filter(({ process, files }) => !changes.some((each) => isSame(each, process) || isInherited(each, files.limit)));
}

/** Sets the limits of the changes. A process that has ended meanwhile needs none. */
export async function lowerLimits(changes: readonly LimitChange[], table: ProcessTable): Promise<void> {
  for (const { pid, found, set } of changes) {
    const owner = table.openFiles(pid)?.owner;
    if (owner && set !== undefined) await setUnlessEnded(pid, owner, { soft: set, hard: found.hard }, table);
  }
}

/**
 * Puts back what still is what we set; answers with how many that were. A child that is begun meanwhile is looked for once more. Throws, after
 * all the others, with what could not be put back.
 */
export async function raiseLimits(changes: readonly LimitChange[], table: ProcessTable): Promise<number> {
  let raised = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const ours = await loweredNow(changes, table);
    if (ours.length === 0) break;
    const failed: string[] = [];
    for (const { process, files, found } of ours) {
      const owner = files.owner ?? { user: 0, group: 0 };
      await setUnlessEnded(process.pid, owner, { soft: found, hard: files.limit.hard }, table).catch((error: Error) =>
        failed.push(`process ${process.insidePid} (${process.name}): ${error.message}`),
      );
    }
    if (failed.length > 0) throw new Error(failed.join('; '));
    raised += ours.length;
  }
  return raised;
}

/** Processes of the container whose limit is one of ours, and what it was. */
export async function loweredNow(
  changes: readonly LimitChange[],
  table: ProcessTable,
): Promise<readonly (FoundFiles & { readonly found: number })[]> {
  if (changes.length === 0) return [];
  const now = filesOf(await table.processes(), table);
  const known = changes.map((change) => withSet(change, now));
  return now.flatMap((each) => {
    const change = known.find((one) => isSame(one, each.process)) ?? known.find((one) => isInherited(one, each.files.limit));
    return change && isInherited(change, each.files.limit) ? [{ ...each, found: change.found.soft }] : [];
  });
}

/** Where it is lost what was set, a limit that is lower than it was found is taken for ours. */
function withSet(change: LimitChange, now: readonly FoundFiles[]): LimitChange {
  if (change.set !== undefined) return change;
  const soft = now.find(({ process }) => isSame(change, process))?.files.limit.soft;
  return soft !== undefined && soft < change.found.soft ? { ...change, set: soft } : change;
}

async function setUnlessEnded(pid: number, owner: Owner, limit: FileLimit, table: ProcessTable): Promise<void> {
  try {
    await table.set(pid, owner, limit);
  } catch (error) {
    if (table.openFiles(pid)) throw error;
  }
}

/** Whether both are about the same process: not about another that was given its number. */
export function isSame(one: Pick<Process, 'pid' | 'startTicks'>, other: Pick<Process, 'pid' | 'startTicks'>): boolean {
  return one.pid === other.pid && one.startTicks === other.startTicks;
}

function isInherited({ found, set }: LimitChange, limit: FileLimit): boolean {
  return set === limit.soft && found.hard === limit.hard;
}
