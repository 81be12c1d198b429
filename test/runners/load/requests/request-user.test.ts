import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChainStep } from '../../../../experiments/language/experiment.ts';
import { Schedule } from '../../../../runners/load/pacing/schedule.ts';
import { Recorder } from '../../../../runners/load/recording/recorder.ts';
import { RequestsWorkload } from '../../../../runners/load/requests/requests-workload.ts';
import type { Answer, Engine, Job } from '../../../../runners/load/transport/engine.ts';
import type { IterationEnd } from '../../../../runners/load/workload.ts';
import { Sums, scenarioOf } from '../support.ts';

/** One virtual user of these steps, in an instant that lasts, over an engine that holds its jobs. */
function userOf(...steps: readonly ChainStep[]) {
  const clock = { nowMs: () => 0, toMonotonicMs: (ms: number) => ms };
  const schedule = new Schedule(clock, 'thread', () => ({ wakeAt() {}, async stop() {} }));
  const recorder = new Recorder(() => {});
  const held: Job[] = [];
  const engine: Engine = {
    retried: 0,
    send(job) {
      job.sent(0);
      held.push(job);
    },
    cancel: (job) => job.settle('dropped', 0, undefined),
    async warm() {},
    sweep() {},
    close() {},
  };
  const scenario = { ...scenarioOf({ requests: [] }), chains: [{ name: 'steps', weight: 1, steps }] };
  const workload = new RequestsWorkload({ scenario, seed: 1, clock, recorder, schedule, socketsMax: 1, openEngine: () => engine });
  const ends: IterationEnd[] = [];
  const user = workload.user(1, { ended: (end) => ends.push(end) });
  const sums = () => {
    const all = new Sums();
    all.add(recorder.take());
    return all;
  };
  return { user, held, ends, sums };
}

const ASKED = { url: 'http://127.0.0.1:9/', method: 'GET', headers: {}, checks: {} } as const;

test('after a pause of no length it is the request that is given up, and its iteration ends once', () => {
  const { user, held, ends, sums } = userOf({ think: { fromMs: 0, toMs: 0 } }, ASKED);
  user.iterate(0, 0, 0);
  assert.equal(held.length, 1);
  user.interrupt();
  const { planned, outcomes } = sums();
  assert.deepEqual([ends, planned, outcomes], [['interrupted'], 1, { dropped: 1 }]);
});

test('a pause that lasts can be given up, and nothing is sent after it', () => {
  const { user, held, ends } = userOf({ think: { fromMs: 10, toMs: 10 } }, ASKED);
  user.iterate(0, 0, 0);
  user.interrupt();
  assert.deepEqual([ends, held], [['interrupted'], []]);
});

test('what needs a body that was too large to be kept is not counted, and its iteration goes no further', () => {
  const checks = { fine: { status: 200 }, said: { 'body-contains': 'x' } };
  const { user, held, ends, sums } = userOf({ ...ASKED, checks, extract: { id: { regex: 'x' } } }, ASKED);
  user.iterate(0, 0, 0);
  const answer: Pick<Answer, 'status' | 'headers' | 'body' | 'bodyBytes'> = {
    status: 200,
    headers: [],
    body: Buffer.from('x'),
    bodyBytes: 2,
  };
  held[0]?.settle('ok', 5, answer as Answer);
  assert.deepEqual([ends, held.length, sums().checks], [['completed'], 1, { fine: [1, 0] }]);
});
