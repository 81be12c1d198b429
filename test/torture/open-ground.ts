/** What rounds are played on: an engine of their own with the tortured system on it, and the checker's eyes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { agentImage } from '../../runners/agent/image.ts';
import { BASE_IMAGE } from '../../runners/docker/base-image.ts';
import { connectEngine } from '../../runners/docker/engine.ts';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { acquireLock, releaseLock } from '../../runners/docker/lock.ts';
import { checkerImage } from './checker/image.ts';
import { compare, type Sections, takeSnapshot } from './checker/snapshot.ts';
import { VICTIMS } from './draw-round.ts';
import { openOwnEngine } from './own-engine.ts';
import type { Ground } from './play-round.ts';
import type { TortureSystem } from './systems/system.ts';

const STEADY_LIMIT_MS = 120_000;

export interface OpenGround extends Ground {
  close(): Promise<void>;
}

/** What starts is busy with itself for a while; rounds begin when two looks see the same, and are compared with what these saw. */
async function untilSteady(look: Ground['look']): Promise<Sections> {
  const limitMs = performance.now() + STEADY_LIMIT_MS;
  let differences: readonly string[] = [];
  for (let last = await look(); performance.now() < limitMs; ) {
    await sleep(1000);
    const next = await look();
    differences = compare(last, next);
    if (differences.length === 0) return next;
    last = next;
  }
  throw new Error(`the tortured system does not come to rest:\n${differences.join('\n')}`);
}

export async function openGround(tortured: TortureSystem, log: (line: string) => void): Promise<OpenGround> {
  const user = await connectEngine(process.env);
  const images = [agentImage, ...(await tortured.images())];
  await ensureImages(user, { recipes: [checkerImage, ...images], environment: process.env, log });
  log('starting an engine of its own');
  const engine = await openOwnEngine();
  try {
    await engine.load([BASE_IMAGE, ...images.map(tagOf)]);
    // The lock's image comes with the first lock.
    await acquireLock(engine.docker, 'firedrill-lock-first', 'first', new Date());
    await releaseLock(engine.docker, 'firedrill-lock-first', 'first');
    log(`bringing up the ${tortured.name} system`);
    const system = await tortured.bringUp(engine.docker, log);
    const amiss = await system.settled();
    if (amiss.length > 0) throw new Error(`the tortured system does not come up: ${amiss.join(', ')}`);
    const scope = { ...system.scope, wholeHost: true, hostPid: engine.hostPid };
    const look = () => takeSnapshot(engine.docker, tagOf(checkerImage), scope, user);
    const clean = await untilSteady(look);
    return { engine, tortured, system, victims: VICTIMS, look, clean, close: () => engine.close() };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
