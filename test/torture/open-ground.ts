/** What rounds are played on: an engine of their own with the tortured system on it, and the checker's eyes. */

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { agentImage } from '../../runners/agent/image.ts';
import { BASE_IMAGE } from '../../runners/docker/base-image.ts';
import { connectEngine } from '../../runners/docker/engine.ts';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { acquireLock, releaseLock } from '../../runners/docker/lock.ts';
import { recipesOf } from '../../runners/docker/recipes.ts';
import { checkerImage } from './checker/image.ts';
import { compare, takeSnapshot } from './checker/snapshot.ts';
import { VICTIMS } from './draw-round.ts';
import { openOwnEngine } from './own-engine.ts';
import type { Ground } from './play-round.ts';
import { bringUp, DATA_PATHS, POSTGRES_IMAGE, REDIS_IMAGE, SYSTEM_LABEL } from './system.ts';

const FABRIC = fileURLToPath(new URL('../../experiments/fabric/compose.yaml', import.meta.url));

const STEADY_LIMIT_MS = 60_000;

export interface OpenGround extends Ground {
  close(): Promise<void>;
}

/** What starts is busy with itself for a while; rounds begin when two looks see the same. */
async function untilSteady(look: Ground['look']): Promise<void> {
  const limitMs = performance.now() + STEADY_LIMIT_MS;
  let differences: readonly string[] = [];
  for (let last = await look(); performance.now() < limitMs; ) {
    await sleep(1000);
    const next = await look();
    differences = compare(last, next);
    if (differences.length === 0) return;
    last = next;
  }
  throw new Error(`the tortured system does not come to rest:\n${differences.join('\n')}`);
}

export async function openGround(log: (line: string) => void): Promise<OpenGround> {
  const user = await connectEngine(process.env);
  const parts = (await recipesOf(FABRIC)).filter((each) => [REDIS_IMAGE, POSTGRES_IMAGE].includes(tagOf(each)));
  await ensureImages(user, { recipes: [agentImage, checkerImage, ...parts], environment: process.env, log });
  log('starting an engine of its own');
  const engine = await openOwnEngine();
  try {
    await engine.load(user, [BASE_IMAGE, tagOf(agentImage), REDIS_IMAGE, POSTGRES_IMAGE]);
    // The lock's image comes with the first lock.
    await acquireLock(engine.docker, 'firedrill-lock-first', 'first', new Date());
    await releaseLock(engine.docker, 'firedrill-lock-first', 'first');
    const system = await bringUp(engine.docker);
    await system.settled();
    const scope = { system: `${SYSTEM_LABEL}=yes`, wholeHost: true, hostPid: engine.hostPid, dataPaths: DATA_PATHS };
    const look = () => takeSnapshot(engine.docker, tagOf(checkerImage), scope, user);
    await untilSteady(look);
    return { engine, system, victims: VICTIMS, look, close: () => engine.close() };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
