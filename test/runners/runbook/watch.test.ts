import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { NamedProbe } from '../../../experiments/language/experiment.ts';
import type { LookContext, OpenProbe, Probe, ProbeTarget, Reading } from '../../../probes/probe.ts';
import { GRACE_MS, JITTER_SHARE, LIMIT_LATE_MS_MAX, type ReadingBody, STOP_MS_MAX, startWatch } from '../../../runners/runbook/watch.ts';
import { noTools } from '../../probes/looking.ts';
import { type VirtualTimers, virtualTimers } from './virtual-timers.ts';

const ok = (value: number): Reading => ({ status: 'ok', value });

/** A kind whose looks are what the test says. */
function kind(
  name: string,
  look: OpenProbe['look'],
  { onOpen = () => {}, close = async () => {} }: { onOpen?: () => void; close?: () => Promise<void> } = {},
): Probe {
  return {
    name,
    summary: '',
    settings: z.strictObject({}),
    looks: { label: name, colour: '#000' },
    needsTarget: false,
    open: () => {
      onOpen();
      return { look, close };
    },
  };
}

function named(probe: string, everyMs: number, timeoutMs: number, target?: string): NamedProbe {
  return { name: `${probe}-probe`, probe, target, every: { ms: everyMs }, timeout: { ms: timeoutMs }, settings: {} };
}

/** A watch in virtual time, and what it read. */
function watching(
  kinds: readonly Probe[],
  probes: readonly NamedProbe[],
  more: { random?: () => number; targets?: () => readonly ProbeTarget[]; signal?: AbortSignal } = {},
) {
  const time = virtualTimers();
  const readings: ReadingBody[] = [];
  const watch = startWatch({
    probes,
    kinds,
    targetsOf: more.targets ?? (() => []),
    tools: noTools,
    nowMs: time.nowMs,
    after: time.after,
    onReading: (reading) => readings.push(reading),
    random: more.random ?? (() => 0),
    signal: more.signal ?? new AbortController().signal,
  });
  return { time, readings, watch };
}

/** A look that takes this long in virtual time, and gives in at once when it is cut off. */
const lasting = (time: () => VirtualTimers, ms: number) => (context: LookContext) =>
  new Promise<Reading>((resolve) => {
    time().after(ms, () => resolve(ok(1)));
    context.signal.addEventListener('abort', () => resolve({ status: 'ok', value: null, detail: 'timed out' }));
  });

const starts = (readings: readonly ReadingBody[], probe: string) =>
  readings.filter((each) => each.probe === `${probe}-probe`).map((each) => each.startedMs);

test('each probe looks on its own interval, through the whole run', async () => {
  const { time, readings, watch } = watching(
    [kind('fast', async () => ok(1)), kind('slow', async () => ok(2))],
    [named('fast', 250, 100), named('slow', 1000, 100)],
  );
  await time.pass(2000);
  await watch.stop();
  assert.deepEqual(starts(readings, 'fast'), [0, 250, 500, 750, 1000, 1250, 1500, 1750, 2000]);
  assert.deepEqual(starts(readings, 'slow'), [0, 1000, 2000]);
  assert.deepEqual(readings[0], { type: 'probe.reading', probe: 'fast-probe', container: undefined, startedMs: 0, status: 'ok', value: 1 });
});

test('first looks are spread by chance, over the interval but a second at most', async () => {
  const draws = [0.5, 0.5];
  const { time, readings, watch } = watching(
    [kind('fast', async () => ok(1)), kind('rare', async () => ok(2))],
    [named('fast', 200, 100), named('rare', 60_000, 100)],
    { random: () => draws.shift() ?? 0 },
  );
  await time.pass(700);
  await watch.stop();
  assert.deepEqual(starts(readings, 'fast'), [100, 300, 500, 700]);
  assert.deepEqual(starts(readings, 'rare'), [500]);
});

test('a slow look never overlaps itself: the looks due meanwhile are skipped, and the rate does not drift', async () => {
  let under = 0;
  let most = 0;
  const slow = lasting(() => run.time, 250);
  const run = watching(
    [
      kind('slow', async (context) => {
        under += 1;
        most = Math.max(most, under);
        return slow(context).finally(() => {
          under -= 1;
        });
      }),
    ],
    [named('slow', 100, 1000)],
  );
  await run.time.pass(1000);
  await run.watch.stop();
  assert.equal(most, 1);
  assert.deepEqual(starts(run.readings, 'slow'), [0, 300, 600]);
});

test('a slow look does not delay another probe, nor the same probe on another container', async () => {
  const targets: ProbeTarget[] = ['one', 'two'].map((name) => ({ id: `id-${name}`, name, addresses: [] }));
  const slow = lasting(() => run.time, 5000);
  const run = watching(
    [
      kind('mixed', (context) => (context.target?.name === 'one' ? slow(context) : Promise.resolve(ok(2)))),
      kind('fast', async () => ok(3)),
    ],
    [named('mixed', 100, 10_000, 'both'), named('fast', 100, 100)],
    { targets: () => targets },
  );
  await run.time.pass(300);
  await run.watch.stop();
  assert.deepEqual(
    run.readings.filter((each) => each.container === 'two').map((each) => each.startedMs),
    [0, 100, 200, 300],
  );
  assert.deepEqual(starts(run.readings, 'fast'), [0, 100, 200, 300]);
  assert.equal(run.readings.filter((each) => each.container === 'one').length, 0);
});

test('a look is cut off at its timeout, and what it makes of that is the reading', async () => {
  const run = watching(
    [
      kind(
        'hangs',
        lasting(() => run.time, 60_000),
      ),
    ],
    [named('hangs', 1000, 400)],
  );
  await run.time.pass(399);
  assert.deepEqual(run.readings, []);
  await run.time.pass(1);
  assert.deepEqual(
    run.readings.map(({ status, value, detail }) => [status, value, detail]),
    [['ok', null, 'timed out']],
  );
  await run.watch.stop();
});

test('a probe that ignores its timeout is unknown from then on, and is not looked with again until it gives in', async () => {
  const waiting: ((reading: Reading) => void)[] = [];
  const { time, readings, watch } = watching(
    [kind('stubborn', () => new Promise((resolve) => waiting.push(resolve)))],
    [named('stubborn', 1000, 500)],
  );
  await time.pass(500 + GRACE_MS);
  assert.deepEqual(
    readings.map(({ startedMs, status }) => [startedMs, status]),
    [[0, 'unknown']],
  );
  await time.pass(1000);
  assert.equal(waiting.length, 1);
  assert.deepEqual(
    readings.map(({ startedMs, status }) => [startedMs, status]),
    [
      [0, 'unknown'],
      [2000, 'unknown'],
    ],
  );
  waiting[0]?.(ok(1));
  await time.pass(600);
  assert.equal(waiting.length, 2);
  assert.equal(readings.length, 2);
  await time.pass(0);
  waiting[1]?.(ok(5));
  await time.pass(0);
  assert.deepEqual([readings[2]?.startedMs, readings[2]?.value], [3000, 5]);
  await watch.stop();
});

test('when this process stood still, its silence is not blamed on the system', async () => {
  const run = watching(
    [
      kind(
        'cut',
        lasting(() => run.time, 60_000),
      ),
    ],
    [named('cut', 10_000, 500)],
  );
  await run.time.pass(0);
  await run.time.freeze(4000);
  assert.deepEqual(
    run.readings.map(({ status }) => status),
    ['unknown'],
  );
  assert.match(run.readings[0]?.error ?? '', /stood still/);
  await run.watch.stop();
});

test('a limit that was noticed too late is unknown, whatever the look made of it; one a little late is the look’s own', async () => {
  for (const [stillMs, status] of [
    [LIMIT_LATE_MS_MAX + 1, 'unknown'],
    [LIMIT_LATE_MS_MAX, 'ok'],
  ] as const) {
    const run = watching(
      [
        kind(
          'cut',
          lasting(() => run.time, 60_000),
        ),
      ],
      [named('cut', 10_000, 500)],
    );
    await run.time.pass(400);
    await run.time.freeze(100 + stillMs);
    assert.deepEqual(
      run.readings.map((reading) => reading.status),
      [status],
      `${stillMs} ms late`,
    );
    await run.watch.stop();
  }
});

test('looks but the first come a little late by chance, so that two probes that fell together once do not again', async () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const draws = [0, 0];
  const { time, readings, watch } = watching(
    [kind('one', async () => ok(1)), kind('two', async () => ok(2))],
    [named('one', 1000, 100), named('two', 1000, 100)],
    { random: () => draws.shift() ?? random() },
  );
  await time.pass(100_000);
  await watch.stop();
  const [one, two] = [starts(readings, 'one'), starts(readings, 'two')];
  assert.deepEqual([one[0], two[0], one.length, two.length], [0, 0, 100, 100]);
  const lateMs = [...one, ...two].map((atMs) => atMs - Math.floor(atMs / 1000) * 1000);
  assert.ok(Math.max(...lateMs) <= 1000 * JITTER_SHARE, `at most ${Math.max(...lateMs)} ms late: it never adds up`);
  const apartMs = one.slice(1).map((atMs, index) => Math.abs(atMs - (two[index + 1] ?? 0)));
  assert.ok(apartMs.filter((ms) => ms > 5).length > 50, 'most lie more than 5 ms apart');
});

test('a late timer does not shift the looks after it, and looks missed while standing still are not made up for', async () => {
  const { time, readings, watch } = watching([kind('well', async () => ok(1))], [named('well', 100, 100)]);
  await time.pass(150);
  await time.freeze(80);
  await time.pass(170);
  assert.deepEqual(starts(readings, 'well'), [0, 100, 230, 300, 400]);
  await time.freeze(5000);
  await time.pass(100);
  assert.deepEqual(starts(readings, 'well'), [0, 100, 230, 300, 400, 5400, 5500]);
  await watch.stop();
});

test('a probe that crashes is unknown with its error, is opened anew, and the others go on', async () => {
  let opened = 0;
  let closed = 0;
  const crash = kind(
    'crash',
    async () => {
      throw new Error('a bug in the probe');
    },
    {
      onOpen: () => {
        opened += 1;
      },
      close: async () => {
        closed += 1;
        throw new Error('and its close crashes too');
      },
    },
  );
  const { time, readings, watch } = watching([crash, kind('well', async () => ok(1))], [named('crash', 100, 100), named('well', 100, 100)]);
  await time.pass(200);
  await watch.stop();
  const crashes = readings.filter((each) => each.probe === 'crash-probe');
  assert.deepEqual(
    crashes.map(({ status, value, error }) => [status, value, error]),
    Array(3).fill(['unknown', null, 'the probe crashed: a bug in the probe']),
  );
  assert.deepEqual([opened, closed], [3, 3]);
  assert.deepEqual(starts(readings, 'well'), [0, 100, 200]);
});

test('a probe whose settings cannot be opened is unknown, again and again', async () => {
  const broken = { ...kind('broken', async () => ok(1)), open: () => z.strictObject({}).parse({ odd: 1 }) as never };
  const { time, readings, watch } = watching([broken], [named('broken', 100, 100)]);
  await time.pass(100);
  await watch.stop();
  assert.deepEqual(
    readings.map(({ status }) => status),
    ['unknown', 'unknown'],
  );
});

test('probes are opened at their first look, once, and closed when the watch stops', async () => {
  let opened = 0;
  let closed = 0;
  const counted = kind('counted', async () => ok(1), {
    onOpen: () => {
      opened += 1;
    },
    close: async () => {
      closed += 1;
    },
  });
  const { time, watch } = watching([counted], [named('counted', 100, 100)], { random: () => 0.5 });
  assert.equal(opened, 0);
  await time.pass(1000);
  assert.deepEqual([opened, closed], [1, 0]);
  await watch.stop();
  await watch.stop();
  assert.deepEqual([opened, closed], [1, 1]);
});

test('no reading comes after the watch has stopped, and nothing waits any more', async () => {
  const run = watching(
    [
      kind(
        'hangs',
        lasting(() => run.time, 60_000),
      ),
      kind('well', async () => ok(1)),
    ],
    [named('hangs', 1000, 5000), named('well', 100, 100)],
  );
  await run.time.pass(250);
  const before = run.readings.length;
  assert.equal(before, 3);
  await run.watch.stop();
  await run.time.pass(100_000);
  assert.equal(run.readings.length, before);
  assert.equal(run.time.pending(), 0);
});

test('the signal ends the watch as stop does', async () => {
  const end = new AbortController();
  const { time, readings, watch } = watching([kind('well', async () => ok(1))], [named('well', 100, 100)], { signal: end.signal });
  await time.pass(100);
  end.abort();
  await time.pass(1000);
  assert.equal(readings.length, 2);
  await watch.stop();
});

test('stopping has a limit, also with a probe that neither gives in nor closes', async () => {
  const { time, watch } = watching(
    [kind('stubborn', () => new Promise(() => {}), { close: () => new Promise(() => {}) })],
    [named('stubborn', 100, 60_000)],
  );
  await time.pass(100);
  let stopped = false;
  const stopping = watch.stop().then(() => {
    stopped = true;
  });
  await time.pass(STOP_MS_MAX - 1);
  assert.equal(stopped, false);
  await time.pass(1);
  await stopping;
});

test('a target’s address is asked for before every look, and a container that is gone keeps its last', async () => {
  const seen: (string | undefined)[] = [];
  let targets: readonly ProbeTarget[] = [{ id: 'a', name: 'cache', addresses: ['10.0.0.1'] }];
  const probe = kind('address', async ({ target }) => {
    seen.push(target?.addresses[0]);
    return ok(1);
  });
  const { time, watch } = watching([probe], [named('address', 100, 100, 'cache')], { targets: () => targets });
  await time.pass(0);
  targets = [{ id: 'a', name: 'cache', addresses: ['10.0.0.9'] }];
  await time.pass(100);
  targets = [];
  await time.pass(100);
  await watch.stop();
  assert.deepEqual(seen, ['10.0.0.1', '10.0.0.9', '10.0.0.9']);
});

test('a container that is made anew under another id is looked at, as the one that it was', async () => {
  const seen: (string | undefined)[] = [];
  let targets: readonly ProbeTarget[] = ['a', 'b'].map((name) => ({ id: `old-${name}`, name, addresses: [] }));
  const probe = kind('state', async ({ target }) => {
    seen.push(target?.id);
    return ok(1);
  });
  const { time, watch, readings } = watching([probe], [named('state', 100, 100, 'cache')], { targets: () => targets });
  await time.pass(0);
  targets = ['b', 'a'].map((name) => ({ id: name === 'a' ? 'new-a' : 'old-b', name, addresses: [] }));
  await time.pass(100);
  await watch.stop();
  assert.deepEqual(seen, ['old-a', 'old-b', 'new-a', 'old-b']);
  assert.deepEqual(
    readings.map(({ container }) => container),
    ['a', 'b', 'a', 'b'],
  );
});

test('a kind that is not there is refused', () => {
  assert.throws(() => watching([], [named('nothing', 100, 100)]), { code: 'probe-unknown' });
});
