/**
 * One limit of a container's control group, lowered and put back. What was found and what is set instead are in the agent's memory before
 * the act; the limit is put back only where it still is what we set. The engine is not asked to do it, so that its inspection
 * says before, while and after what it said before.
 */
import { z } from 'zod';
import { type ControlGroups, followResidence, type Residence, residenceToTouch } from './cgroup.ts';
import type { Limit } from './cgroup-limits.ts';
import type { EngineLimits } from './engine-limits.ts';
import type { Ground, Outcome } from './operations/five-moves.ts';
import type { ContainerRef } from './operations/operation.ts';

/** A limit that cannot go as low as asked is tried again so often, each time where the kernel could bring the usage by then. */
const LOWERINGS_MAX = 20;

/** `tried` is what it may have been set to since, if the agent died before it knew. */
const changeShape = z.object({ found: z.string(), set: z.string(), tried: z.string().exactOptional() });
type Change = z.output<typeof changeShape>;

export interface LimitToLower {
  /** `its memory limit`. */
  readonly what: string;
  of(groups: ControlGroups): Limit;
  /** Pure: what to set instead of what was found. Throws where that would not lower it. */
  lower(found: string): string;
  /** What the engine has set, by its own inspection. */
  byEngine(limits: EngineLimits): string;
  /** What to try next where the kernel is not able to go as low (EBUSY), or undefined to give up. */
  instead?(groups: ControlGroups): string;
}

export interface LoweredLimit {
  readonly residence: () => Promise<Residence | undefined>;
  /** What was found and set, also by the agent that died; undefined where nothing was, or where it is lost. */
  remembered(): Change | undefined;
  /** Finds the limit, and remembers it. */
  arm(): Promise<Change>;
  /** Sets it; answers with when it was in force. */
  set(): Promise<{ readonly atNs: bigint; readonly change: Change }>;
  /** Where the kernel was not able to go as low as asked, it may be by now: tries once. */
  lowerAgain(): Promise<'as-asked' | 'lowered' | 'as-before'>;
  undo(): Promise<Outcome>;
  /** Throws where it still is what we set. */
  readBack(): Promise<string>;
}

export function loweredLimit(ground: Ground, container: ContainerRef, limit: LimitToLower): LoweredLimit {
  const residence = followResidence(ground.engine, container);
  /** Undefined where nothing is remembered, which a look at the engine makes up for. */
  const remembered = (): Change | undefined => {
    const text = ground.found();
    return text === undefined ? undefined : changeShape.parse(JSON.parse(text));
  };
  const remember = (change: Change) => {
    const text = JSON.stringify(change);
    if (ground.found() !== text) ground.remember(text);
    return change;
  };
  const plan = ({ groups }: Residence): Change => {
    const found = limit.of(groups).read();
    return remember({ found, set: limit.lower(found) });
  };
  /** What we did, or may have done; undefined where we did nothing, for it is remembered before it is done. */
  const changeMade = async (): Promise<Change | undefined> => {
    const known = remembered();
    if (known || !ground.memoryIsLost()) return known;
    const inspected = await ground.engine.inspect(container.id);
    if (!inspected) return undefined;
    const found = limit.byEngine(inspected.limits);
    return { found, set: lowerOr(found) };
  };
  const lowerOr = (found: string): string => {
    try {
      return limit.lower(found);
    } catch {
      return found;
    }
  };
  /** Writes it, or the lowest that the kernel is able to go to. */
  const write = (groups: ControlGroups, planned: Change): Change => {
    let change = planned;
    for (let tries = 1; ; tries++) {
      try {
        limit.of(groups).write(change.set);
        return change;
      } catch (error) {
        const next = isBusy(error) && tries < LOWERINGS_MAX ? limit.instead?.(groups) : undefined;
        if (next === undefined) throw error;
        change = remember({ found: planned.found, set: next });
      }
    }
  };
  return {
    residence,
    remembered,
    arm: async () => plan(await residenceToTouch(residence)),
    async set() {
      const { groups, pid } = await residenceToTouch(residence);
      const change = write(groups, plan({ groups, pid }));
      return { atNs: process.hrtime.bigint(), change };
    },
    async lowerAgain() {
      const lives = await residence();
      const change = remembered();
      if (!lives || !change) return 'as-before';
      const { found } = change;
      const asked = limit.lower(found);
      if (change.set === asked) return 'as-asked';
      const own = limit.of(lives.groups);
      for (const lower of [asked, limit.instead?.(lives.groups)]) {
        if (lower === undefined || Number(lower) >= Number(change.set) || own.read() !== change.set) continue;
        remember({ ...change, tried: lower });
        if (!wrote(own, lower)) continue;
        remember({ found, set: lower });
        return lower === asked ? 'as-asked' : 'lowered';
      }
      remember(change);
      return 'as-before';
    },
    async undo() {
      if (!ground.mayHaveTouched()) return { evidence: 'it was never lowered' };
      const lives = await residence();
      if (!lives) return { mechanism: 'cgroup', evidence: `it does not run: ${limit.what} went with its control group` };
      const change = await changeMade();
      if (!change) return { mechanism: 'cgroup', evidence: `${limit.what} was never found out, nor touched` };
      const now = limit.of(lives.groups).read();
      if (now === change.found) return { mechanism: 'cgroup', evidence: `${limit.what} is ${now}, and is left alone` };
      if (now !== change.set && now !== change.tried)
        return { mechanism: 'cgroup', evidence: `somebody else has set ${limit.what} to ${now}, and it is left alone` };
      limit.of(lives.groups).write(change.found);
      return { mechanism: 'cgroup', evidence: `${limit.what} is put back from ${now} to ${change.found}` };
    },
    async readBack() {
      if (!ground.mayHaveTouched()) return 'it was never lowered';
      const lives = await residence();
      if (!lives) return 'it does not run, and has no control group';
      const change = await changeMade();
      if (!change) return `${limit.what} was never touched`;
      const now = limit.of(lives.groups).read();
      if ((now === change.set || now === change.tried) && now !== change.found)
        throw new Error(`${limit.what} is still ${now}, and was ${change.found}`);
      if (ground.memoryIsLost() && now !== change.found) {
        throw new Error(`${limit.what} is ${now}, the engine has set ${change.found}, and whose doing that is is lost: a person must look`);
      }
      return `${limit.what} is ${now}`;
    },
  };
}

/** False where the kernel is not able to. */
function wrote(own: Limit, text: string): boolean {
  try {
    own.write(text);
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EBUSY';
}
