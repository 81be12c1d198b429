/** Figures of the drill itself: how soon the first fault comes, how sharp a region goes dark and comes back, how fast it fails over. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { connectEngine } from '../../runners/docker/engine.ts';
import type { EventOf } from '../../runners/journal/events.ts';
import { firedrill, latestEvents, latestReport, root, scratchFolder } from '../helpers/firedrill-process.ts';
import { quantile, round, table } from './table.ts';

const RUNS = 10;
const compose = join(root, 'experiments/fabric/compose.yaml');

interface Measured {
  readonly injectedMs: number;
  readonly injectSpreadMs: number;
  readonly undoMs: number;
  readonly undoSpreadMs: number;
  readonly failoverMs: number | null;
  readonly errorMs: number | null;
  /** HAProxy's own stamps of DOWN and UP, from the fault's act and from its undo. */
  readonly haproxyDownMs: number | undefined;
  readonly haproxyUpMs: number | undefined;
}

/** Prints the figures of ten runs, and the time from `npm start` to its first fault. */
export async function benchDrill(print: (text: string) => void): Promise<void> {
  const folder = await scratchFolder('bench');
  const up = await firedrill(['up', compose, '--yes'], folder);
  if (up.exitCode !== 0) throw new Error(up.stderr);
  const runs: Measured[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await measure(folder));
  print(`Failover of the region blackout, ${RUNS} runs (ms)\n`);
  print(
    table(
      [
        'run',
        'ask to last dark',
        'spread',
        'undo to last back',
        'spread',
        'mitigated after',
        '±',
        'HAProxy DOWN after',
        'HAProxy UP after undo',
      ],
      runs.map((run, index) => [
        index + 1,
        round(run.injectedMs),
        round(run.injectSpreadMs),
        round(run.undoMs),
        round(run.undoSpreadMs),
        run.failoverMs === null ? '–' : Math.round(run.failoverMs),
        run.errorMs ?? '–',
        run.haproxyDownMs === undefined ? '–' : Math.round(run.haproxyDownMs),
        run.haproxyUpMs === undefined ? '–' : Math.round(run.haproxyUpMs),
      ]),
    ),
  );
  const of = (pick: (run: Measured) => number | null | undefined) => runs.flatMap((run) => pick(run) ?? []);
  const summary = (name: string, values: readonly number[]) => [
    name,
    round(quantile(values, 0.5)),
    round(quantile(values, 0.95)),
    round(Math.max(...values)),
  ];
  print(
    `\n${table(
      ['ms', 'p50', 'p95', 'max'],
      [
        summary(
          'ask to last target dark',
          of((run) => run.injectedMs),
        ),
        summary(
          'first to last target dark',
          of((run) => run.injectSpreadMs),
        ),
        summary(
          'undo to last target back',
          of((run) => run.undoMs),
        ),
        summary(
          'first to last target back',
          of((run) => run.undoSpreadMs),
        ),
        summary(
          'mitigated after',
          of((run) => run.failoverMs),
        ),
      ],
    )}`,
  );
  print(`\nnpm start, warm: ${await warmStart()}`);
}

async function measure(folder: string): Promise<Measured> {
  const outcome = await firedrill(['run', join(root, 'test/bench/failover.yaml'), '--yes'], folder);
  if (outcome.exitCode !== 0) throw new Error(`a run ended with ${outcome.exitCode}:\n${outcome.stdout}\n${outcome.stderr}`);
  const events = await latestEvents(folder);
  const report = await latestReport(folder);
  const one = <Type extends 'fault.injected' | 'fault.undoing' | 'fault.undone' | 'fault.in-effect'>(type: Type) => {
    const found = events.find((event): event is EventOf<Type> => event.type === type);
    if (!found) throw new Error(`no ${type} in the journal`);
    return found;
  };
  const injected = one('fault.injected');
  const undone = one('fault.undone');
  const dark = injected.acts.map((act) => act.atMs);
  const back = undone.acts.map((act) => act.atMs);
  const wallOf = (atMs: number) => Date.parse(undone.wall) - undone.atMs + atMs;
  const changes = await haproxyChanges(wallOf(Math.min(...dark)));
  return {
    injectedMs: Math.max(...dark) - injected.askedAtMs,
    injectSpreadMs: Math.max(...dark) - Math.min(...dark),
    undoMs: Math.max(...back) - one('fault.undoing').atMs,
    undoSpreadMs: Math.max(...back) - Math.min(...back),
    failoverMs: report.objectives[0]?.mitigatedAfterMs ?? null,
    errorMs: report.objectives[0]?.errorMs ?? null,
    haproxyDownMs: after(changes.down, wallOf(one('fault.in-effect').inEffectAtMs)),
    haproxyUpMs: after(changes.up, wallOf(undone.undoneAtMs)),
  };
}

function after(stampMs: number | undefined, sinceMs: number): number | undefined {
  return stampMs === undefined ? undefined : stampMs - sinceMs;
}

/** When HAProxy itself said that the stricken region's edge went down and came back: wall ms, by the engine's stamp on its log line. */
async function haproxyChanges(sinceWallMs: number): Promise<{ down: number | undefined; up: number | undefined }> {
  const docker = await connectEngine(process.env);
  const [door] = await docker.listContainers({ filters: { label: ['role=front-door'] } });
  if (!door) throw new Error('no front door');
  const log = await docker
    .getContainer(door.Id)
    .logs({ stdout: true, stderr: true, timestamps: true, since: Math.floor(sinceWallMs / 1000) });
  const stamp = (state: 'DOWN' | 'UP') => {
    const line = log
      .toString('utf8')
      .split('\n')
      .find((each) => each.includes('sa-east-1') && new RegExp(`is ${state}`).test(each));
    const text = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(line ?? '')?.[0];
    return text === undefined ? undefined : Date.parse(text);
  };
  return { down: stamp('DOWN'), up: stamp('UP') };
}

/** Starts `npm start` with everything in place, and stops it at its first injected fault. */
async function warmStart(): Promise<string> {
  const startedMs = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, CI: 'true', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seen = new Map<string, number>();
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
    for (const [name, pattern] of [
      ['load', /steady state/],
      ['fault', /injected into/],
    ] as const) {
      if (!seen.has(name) && pattern.test(text)) seen.set(name, performance.now() - startedMs);
    }
    if (seen.has('fault')) child.kill('SIGINT');
  });
  await new Promise((resolve) => child.on('close', resolve));
  return `${round((seen.get('load') ?? Number.NaN) / 1000)} s to the first request, ${round((seen.get('fault') ?? Number.NaN) / 1000)} s to the first injected fault (which the experiment puts 12 s after the first request)`;
}
