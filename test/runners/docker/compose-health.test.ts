import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { composeState, waitUntilHealthy } from '../../../runners/docker/compose-health.ts';
import { summarize } from '../../../runners/docker/compose-system.ts';
import { plainLog } from '../../../runners/docker/container-log.ts';
import type { ContainerLine } from '../../../runners/docker/targets.ts';
import { FiredrillError } from '../../../runners/failure.ts';

function line(service: string, State: string, Status: string): ContainerLine {
  return { Id: service, Names: [`/p_${service}_1`], Image: '', State, Status, Labels: { 'com.docker.compose.service': service } };
}

/** An engine whose list is another one at each look; the last one stays. */
function engineShowing(...looks: readonly (readonly ContainerLine[])[]) {
  let look = 0;
  return {
    listContainers: () => Promise.resolve(looks[Math.min(look++, looks.length - 1)] ?? []),
    getContainer: () => ({ logs: () => Promise.resolve(Buffer.from('\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0008no disk\n')) }),
  };
}

const HEALTHY = line('db', 'running', 'Up 3 seconds (healthy)');
const STARTING = line('db', 'running', 'Up 1 second (health: starting)');
const UNHEALTHY = line('db', 'running', 'Up 1 minute (unhealthy)');
const DONE = line('job', 'exited', 'Exited (0) 2 seconds ago');
const DEAD = line('db', 'exited', 'Exited (137) 2 seconds ago');

describe('how a system is', () => {
  test('is read from the engine’s own words', async () => {
    const states = await composeState(engineShowing([HEALTHY, DONE, line('web', 'running', 'Up 2 days')]), 'p');
    assert.deepEqual(
      states.map(({ service, health, exitCode }) => [service, health, exitCode]),
      [
        ['db', 'healthy', undefined],
        ['job', undefined, 0],
        ['web', undefined, undefined],
      ],
    );
  });

  test('is healthy when all parts are, absent when there are none, and else names what is wrong', async () => {
    const of = async (lines: readonly ContainerLine[]) => summarize(await composeState(engineShowing(lines), 'p'), ['db']);
    assert.deepEqual(await of([HEALTHY, DONE]), { state: 'healthy' });
    assert.deepEqual(await of([]), { state: 'absent' });
    assert.deepEqual(await of([UNHEALTHY]), { state: 'unhealthy', bad: ['p_db_1 is unhealthy'] });
    assert.deepEqual(await of([DONE]), { state: 'unhealthy', bad: ['db has no container'] });
    assert.deepEqual(await of([line('db', 'paused', 'Up 3 seconds (Paused)')]), { state: 'unhealthy', bad: ['p_db_1 is paused'] });
  });
});

describe('waiting for health', () => {
  test('ends when the last part is healthy', async () => {
    const engine = engineShowing([], [STARTING], [STARTING, DONE], [HEALTHY, DONE]);
    await waitUntilHealthy(engine, 'p');
    assert.deepEqual(await engine.listContainers(), [HEALTHY, DONE]);
  });

  test('gives up at the limit, naming the container, how it is, and the end of its log', async () => {
    await assert.rejects(waitUntilHealthy(engineShowing([UNHEALTHY]), 'p', 0), (error) => {
      assert(error instanceof FiredrillError);
      assert.deepEqual([error.code, error.exitCode], ['unhealthy', 7]);
      assert.match(error.message, /^Container p_db_1 is unhealthy, not healthy, after 0 s, the limit; its log ends:\n {4}no disk/);
      assert.equal(error.hint, 'Look at it: docker logs p_db_1');
      return true;
    });
  });

  test('gives up before the limit where a container has ended badly and stays down', async () => {
    await assert.rejects(waitUntilHealthy(engineShowing([DEAD]), 'p', 60_000), /p_db_1 ended with code 137/);
  });

  test('does not take one that comes back for dead', async () => {
    await waitUntilHealthy(engineShowing([DEAD], [DEAD], [HEALTHY]), 'p', 60_000);
  });
});

describe('a container’s log', () => {
  test('loses its frame headers, and text without them stays as it is', () => {
    const frame = (stream: number, text: string) =>
      Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);
    assert.equal(plainLog(Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n')])), 'out\nerr\n');
    assert.equal(plainLog(Buffer.from('a terminal’s text\n')), 'a terminal’s text\n');
    assert.equal(plainLog(Buffer.alloc(0)), '');
  });
});
