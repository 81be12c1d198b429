/**
 * Removes a container, volumes excepted, and makes it anew from its own inspection, which waits on the engine itself meanwhile
 * (see keepsake.ts): neither the agent's death nor its loss can lose it. Proven by the engine, which knows it no more, and by the end of
 * its process. What its programs wrote outside volumes is lost, so that a target that did so needs consent.
 */
import { z } from 'zod';
import { keepsake } from '../keepsake.ts';
import { lostPaths, recreationOf, volumesOf, type Whole, wholeShape } from '../re-creation.ts';
import { isSwarmTask } from '../swarm-task.ts';
import { processGone } from '../target-state.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 50;
/** A container that is still whole after this was not being removed by a call that outlived its agent. */
const SETTLED_AFTER_MS = 1_000;
/** How many lost paths an error names. */
const PATHS_NAMED_MAX = 3;

const shape = z.object({
  op: z.literal('remove'),
  container: containerRef,
  /** What was written outside volumes may be lost. */
  loseLayer: z.boolean(),
});
type Remove = z.output<typeof shape>;

export const remove = defineOperation({ shape, claims: () => ['state'], decidedInArming: 'whether it keeps data outside volumes', moves });

function moves(operation: Remove, ground: Ground): FiveMoves {
  const { engine } = ground;
  const { id, name } = operation.container;
  const kept = keepsake(ground);
  let pidInArming = 0;
  let removing: Promise<void> | undefined;

  return {
    async arm() {
      const whole = wholeShape.parse(await engine.inspectWhole(id));
      await assertCanComeBack(operation, whole, ground);
      pidInArming = whole.State.Pid;
      await kept.keep(JSON.stringify(whole), whole.Image, volumesOf(whole));
      return { mechanism: 'engine', evidence: 'what it is made of is kept on the engine' };
    },
    async inject() {
      removing = engine.remove(id);
      await removing;
      return { mechanism: 'engine' };
    },
    async prove(signal) {
      let seen = '';
      do {
        const found = await engine.inspect(id);
        const kernel = processGone(pidInArming);
        seen = `the engine ${found ? `says ${found.status}` : 'knows it no more'}, the kernel ${kernel.says}`;
        if (!found && kernel.so) return { mechanism: 'engine', evidence: seen, facts: { removed: 1 } };
      } while (await pause(LOOK_EVERY_MS, signal));
      throw new Error(`no effect: ${seen}`);
    },
    async undo(signal) {
      const text = await kept.read();
      if (!ground.mayHaveTouched() || text === undefined) {
        await kept.drop();
        return { evidence: text === undefined ? 'nothing is kept of it: there is nothing to bring back' : 'it was never touched' };
      }
      await removing?.catch(() => {});
      const stays = await untilSettled(operation, ground, signal);
      const evidence = stays ? 'it was not removed' : await makeAnew(wholeShape.parse(JSON.parse(text)), ground);
      const atNs = process.hrtime.bigint();
      await kept.drop();
      return { atNs, mechanism: 'engine', evidence };
    },
    async readBack() {
      if ((await kept.read()) !== undefined) throw new Error(`what ${name} is made of is still kept on the engine, as ${ground.tag}`);
      if (!ground.mayHaveTouched()) return { evidence: 'it was never touched' };
      const found = (await engine.inspect(id)) ?? (await engine.inspect(name));
      return { evidence: `the engine says ${found?.status ?? 'gone'}` };
    },
  };
}

/** Throws where the container could not be made anew as it was. */
async function assertCanComeBack({ container, loseLayer }: Remove, whole: Whole, { engine }: Ground): Promise<void> {
  if (whole.HostConfig.AutoRemove) throw new Error('the engine removes its volumes with it (--rm), so that it could not be made anew');
  if (isSwarmTask(whole.Config.Labels ?? {})) {
    throw new Error('it is a task of a Swarm service, which makes another in its place: use container-kill');
  }
  const lodgers = await engine.lodgersOf(container);
  if (lodgers.length > 0) throw new Error(`${lodgers.join(', ')} use its network, and would lose it`);
  const lost = lostPaths(await engine.changedPaths(container.id), whole);
  if (lost.length === 0 || loseLayer) return;
  const named = lost.slice(0, PATHS_NAMED_MAX).join(', ');
  throw new Error(
    `it wrote ${lost.length} files outside volumes, which would be lost (${named}${lost.length > PATHS_NAMED_MAX ? ' …' : ''}); if that may be, add to the step: irreversible: accept`,
  );
}

/** True when the container is there to stay; false when it is gone, perhaps after a removal that was still under way. */
async function untilSettled({ container: { id } }: Remove, { engine }: Ground, signal: AbortSignal): Promise<boolean> {
  const settledMs = performance.now() + SETTLED_AFTER_MS;
  do {
    const found = await engine.inspect(id);
    if (!found) return false;
    if (found.running && performance.now() > settledMs) return true;
    // Killed, and not removed: a removal that failed half-way.
    if (found.status === 'exited' && performance.now() > settledMs) await engine.start(id);
  } while (await pause(LOOK_EVERY_MS, signal));
  throw new Error('it is neither removed nor running');
}

/** Creates, connects and starts it, each unless that was done before; one of its name that somebody else made is left alone. */
async function makeAnew(whole: Whole, { engine }: Ground): Promise<string> {
  const stillNamesIt = (await engine.imageId(whole.Config.Image)) === whole.Image;
  const { name, body, networks } = recreationOf(whole, stillNamesIt ? whole.Config.Image : whole.Image);
  const there = await engine.inspectWhole(name);
  const found = there === undefined ? undefined : await engine.inspect(name);
  if (found && found.status !== 'created') return `somebody made it anew already (${found.status}), and it is left alone`;
  const id = found?.id ?? (await engine.create(name, body));
  const connected = there === undefined ? [] : Object.keys(wholeShape.parse(there).NetworkSettings.Networks ?? {});
  for (const [network, endpoint] of networks) if (!connected.includes(network)) await engine.connect(network, id, endpoint);
  await engine.start(id);
  return `made anew as ${id.slice(0, 12)}`;
}
