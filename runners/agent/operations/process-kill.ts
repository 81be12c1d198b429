/**
 * Signals single processes of a container, found by name among those of its control group, never the first one. Proven by the
 * kernel: these very processes live no more. A supervisor inside brings others in their place; where none does, the
 * undo restarts the container, so that the fault always comes undone.
 */
import { z } from 'zod';
import type { FoundContainer } from '../engine.ts';
import { drawn, matching, processChoice } from '../process-choice.ts';
import { lives, type Process, processesOf } from '../processes.ts';
import { isSwarmTask } from '../swarm-task.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 50;
/** Until a container is killed that is restarted to bring a process back. */
const RESTART_GRACE_S = 10;
/** How many processes an evidence names. */
const NAMED_MAX = 5;

const shape = z.object({
  op: z.literal('process-kill'),
  container: containerRef,
  choice: processChoice,
  signal: z.string(),
  /** How long something inside the container is given to start them anew, before the container is restarted; 0: at once. */
  respawnWithinMs: z.number().min(0),
});
type ProcessKill = z.output<typeof shape>;

export const processKill = defineOperation({
  shape,
  claims: () => ['processes'],
  follows: () => false,
  undoMs: ({ respawnWithinMs }) => respawnWithinMs + RESTART_GRACE_S * 1000,
  moves,
});

const victimShape = z.object({ pid: z.number(), startTicks: z.string() });
/** How it was found, and who was signalled. */
const rememberedShape = z.object({ startedAt: z.string(), count: z.number(), victims: z.array(victimShape) });
type Remembered = z.output<typeof rememberedShape>;

function moves(operation: ProcessKill, ground: Ground): FiveMoves {
  const { engine } = ground;
  const { container, choice, signal: name } = operation;
  let found: FoundContainer | undefined;
  let victims: readonly Process[] = [];
  const matchingNow = ({ pid }: FoundContainer) => matching(processesOf(pid), pid, choice);
  const asked = choice.name ?? `/${choice.pattern}/`;

  return {
    async arm() {
      found = await engine.inspect(container.id);
      const all = found ? processesOf(found.pid) : [];
      const matched = found ? matching(all, found.pid, choice) : [];
      if (found && matched.length === 0) throw new Error(noneMatches(all, found.pid, operation));
      if (found?.autoRemove) throw new Error('the engine removes it when it stops (--rm), so that it could not be restarted');
      return { mechanism: 'signal', evidence: `${matched.length} of its ${all.length} processes match ${asked}` };
    },
    async inject() {
      if (!found) throw new Error('it was not armed');
      const matched = matchingNow(found);
      victims = drawn(matched, choice);
      if (victims.length === 0) throw new Error(`no process matches ${asked} any more`);
      const remembered: Remembered = {
        startedAt: found.startedAt,
        count: matched.length,
        victims: victims.map(({ pid, startTicks }) => ({ pid, startTicks })),
      };
      ground.remember(JSON.stringify(remembered));
      for (const victim of victims) signalProcess(victim, name);
      return { mechanism: 'signal', atNs: process.hrtime.bigint() };
    },
    async prove(signal) {
      let living = victims.filter(lives);
      while (living.length > 0 && (await pause(LOOK_EVERY_MS, signal))) living = victims.filter(lives);
      if (victims.length === 0 || living.length > 0)
        throw new Error(`${living.length} of ${victims.length} processes live on: ${told(living)}`);
      return { mechanism: 'signal', evidence: `${told(victims)} live no more`, facts: { killed: victims.length } };
    },
    async undo(signal) {
      const before = rememberedBy(ground);
      if (!ground.mayHaveTouched() || !before) return { evidence: 'it was never touched' };
      // A signal that is not taken yet would end it after the undo.
      for (const victim of before.victims) if (lives(victim)) signalProcess(victim, 'SIGKILL');
      const limit = AbortSignal.any([signal, AbortSignal.timeout(operation.respawnWithinMs)]);
      let now: FoundContainer | undefined;
      do {
        now = await engine.inspect(container.id);
        if (!now || isBack(now, before, matchingNow)) return { mechanism: 'signal', evidence: now ? 'they run again' : 'it is gone' };
      } while (now.running && (await pause(LOOK_EVERY_MS, limit)));
      const why = `${asked} did not come back by itself`;
      if (isSwarmTask(now.labels)) {
        await engine.stop(container.id, RESTART_GRACE_S);
        return { mechanism: 'engine', evidence: `${why}: the task was ended, and Swarm replaces it` };
      }
      if (now.running) await engine.restart(container.id, RESTART_GRACE_S);
      else await engine.start(container.id);
      return { mechanism: 'engine', evidence: `${why}: the container was restarted` };
    },
    async readBack() {
      const before = rememberedBy(ground);
      if (!ground.mayHaveTouched() || !before) return { evidence: 'it was never touched' };
      const now = await engine.inspect(container.id);
      if (!now) return { evidence: 'it is gone' };
      if (!isBack(now, before, matchingNow)) throw new Error(`fewer processes match ${asked} than the ${before.count} that were found`);
      return { evidence: now.startedAt === before.startedAt ? `${matchingNow(now).length} processes match ${asked}` : 'it was restarted' };
    },
  };
}

function rememberedBy({ found }: Ground): Remembered | undefined {
  const text = found();
  return text === undefined ? undefined : rememberedShape.parse(JSON.parse(text));
}

/** Runs with as many of them as were found; or was started anew, with whatever that brings. */
function isBack(now: FoundContainer, before: Remembered, matchingNow: (now: FoundContainer) => readonly Process[]): boolean {
  // One that was killed may still be there for an instant.
  const others = () =>
    matchingNow(now).filter(({ pid, startTicks }) => !before.victims.some((each) => each.pid === pid && each.startTicks === startTicks));
  return now.running && (now.startedAt !== before.startedAt || others().length >= before.count);
}

/** A process that ended by itself meanwhile is none of ours. */
function signalProcess(victim: Pick<Process, 'pid' | 'startTicks'>, name: string): void {
  if (!lives(victim)) return;
  try {
    process.kill(victim.pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function told(processes: readonly Process[]): string {
  const named = processes.slice(0, NAMED_MAX).map((each) => `${each.name} (${each.insidePid})`);
  return [...named, ...(processes.length > NAMED_MAX ? [`${processes.length - NAMED_MAX} more`] : [])].join(', ');
}

function noneMatches(all: readonly Process[], firstPid: number, { choice }: ProcessKill): string {
  const first = matching(all, 0, choice).some((each) => each.pid === firstPid);
  const asked = choice.name ?? `/${choice.pattern}/`;
  if (first) return `of its processes only the first one matches ${asked}: to end that, use container-kill`;
  return `none of its processes matches ${asked}; there are: ${told(all)}`;
}
