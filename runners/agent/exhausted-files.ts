/**
 * The limits of open files of a container's processes, found, lowered and put back. What was found waits on the engine (see keepsake.ts), because
 * a limit outlives the agent; what was set is in the agent's memory before the act.
 */
import { z } from 'zod';
import type { Engine } from './engine.ts';
import {
  asFound,
  changesFor,
  type FoundFiles,
  filesOf,
  isSame,
  type LimitChange,
  loweredNow,
  lowerLimits,
  type ProcessTable,
  ROUNDS_MAX,
  raiseLimits,
  readChanges,
  withoutChange,
} from './file-limits.ts';
import { keepsake } from './keepsake.ts';
import { type LimitSetter, limitSetter } from './limit-setter.ts';
import { openFilesOf } from './open-files.ts';
import type { Ground } from './operations/five-moves.ts';
import type { ContainerRef } from './operations/operation.ts';
import { isCalled } from './process-choice.ts';
import { processesOf } from './processes.ts';

/** What is kept of them must fit into a label. */
const PROCESSES_MAX = 500;

export interface ExhaustedFiles {
  /** The processes that are meant, and what they have open. Throws where they are too many. */
  found(): Promise<readonly FoundFiles[]>;
  /** Keeps what was found, and prepares to change it. Throws where a process could not be left so many. */
  arm(leave: number): Promise<void>;
  /** Leaves each so many. */
  lower(leave: number): Promise<void>;
  /** Answers with how many limits were put back. */
  raise(): Promise<number>;
  /** Throws where one still is what we set. */
  assertRaised(): Promise<void>;
}

/** `name`: of processes of that name alone. */
export function exhaustedFiles(ground: Ground, container: ContainerRef, name: string | undefined): ExhaustedFiles {
  const kept = keepsake(ground);
  const setter = limitSetter();
  const table = tableOf(ground.engine, container, setter);
  /** What the engine keeps. */
  let before: readonly LimitChange[] = [];

  const found = async () => {
    const all = filesOf(
      (await table.processes()).filter((each) => name === undefined || isCalled(each, name)),
      table,
    );
    if (all.length > PROCESSES_MAX) throw new Error(`it has ${all.length} such processes, more than ${PROCESSES_MAX}`);
    return all;
  };
  const keep = async (changes: readonly LimitChange[]) => {
    const { Image } = z.object({ Image: z.string() }).parse(await ground.engine.inspectWhole(container.id));
    before = asFound(changes);
    await kept.keep(JSON.stringify(before), Image, []);
  };
  /** What was done, or may have been. */
  const changed = async () => {
    const text = ground.mayHaveTouched() ? (ground.found() ?? (await kept.read())) : undefined;
    return text === undefined ? [] : readChanges(text);
  };

  return {
    found,
    async arm(leave) {
      const now = await found();
      if (now.length === 0) throw new Error(`none of its processes is called '${name}'`);
      for (const { files } of now) if (files.owner) setter.prepare(files.owner);
      await keep(changesFor(now, leave));
    },
    async lower(leave) {
      let changes: readonly LimitChange[] = [];
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        const fresh = changesFor(withoutChange(await found(), changes), leave, changes);
        if (fresh.length === 0) break;
        changes = [...changes, ...fresh];
        if (!fresh.every((each) => before.some((one) => isSame(one, each)))) await keep(changes);
        ground.remember(JSON.stringify(changes));
        await lowerLimits(fresh, table);
      }
      if (changes.length === 0) throw new Error('none of its processes is left');
    },
    async raise() {
      const raised = await raiseLimits(await changed(), table).finally(setter.end);
      await kept.drop();
      return raised;
    },
    async assertRaised() {
      const left = await loweredNow(await changed(), table);
      if (left.length > 0) throw new Error(`the limits of ${left.length} processes are still lowered`);
      if ((await kept.read()) !== undefined) throw new Error('what was found of its limits is still kept: they were not put back');
    },
  };
}

function tableOf(engine: Engine, { id }: ContainerRef, { set }: LimitSetter): ProcessTable {
  return {
    async processes() {
      const found = await engine.inspect(id);
      return found?.running && found.pid > 0 ? processesOf(found.pid) : [];
    },
    openFiles: openFilesOf,
    set,
  };
}
