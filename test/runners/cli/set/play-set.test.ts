/** Sets of pretend runs: each leaves a journal where a drill would, so that everything but Docker is real. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setReportSchema } from '../../../../reports/set/set-report.ts';
import { report } from '../../../../runners/cli/commands/report.ts';
import type { DrillOptions } from '../../../../runners/cli/drill.ts';
import type { CliIo } from '../../../../runners/cli/io.ts';
import type { LoadedExperiment } from '../../../../runners/cli/load-experiment.ts';
import { type PlayRun, playSet } from '../../../../runners/cli/set/play-set.ts';
import { storedRuns } from '../../../../runners/cli/set/stored-runs.ts';
import { EXIT, type ExitCode, FiredrillError } from '../../../../runners/failure.ts';
import { compared, eventsOf } from '../../../reports/set/recorded-runs.ts';

const PEAKS: Readonly<Record<string, readonly number[]>> = { plain: [200, 199, 200, 200], jitter: [60, 58, 61, 60] };
const ORDER = ['plain', 'jitter', 'plain', 'jitter', 'plain', 'jitter', 'plain', 'jitter'];

interface Stage {
  readonly io: CliIo;
  readonly said: () => string;
  readonly signal: (name: string) => void;
  readonly folder: string;
}

async function stage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'firedrill-set-'));
  let text = '';
  const listeners = new Set<(signal: string) => void>();
  const output = { write: (more: string) => (text += more) };
  const io: CliIo = {
    args: [],
    environment: {},
    workingDirectory: folder,
    stdout: output,
    stderr: output,
    onSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { io, said: () => text, folder, signal: (name) => listeners.forEach((listener) => void listener(name)) };
}

/** Plays by writing what a run would leave; `then` says what it ends with. */
function pretend({ folder }: Stage, then: (index: number, options: DrillOptions) => ExitCode = () => EXIT.passed) {
  const played: string[] = [];
  const seeds = new Set<number | undefined>();
  const play: PlayRun = async (_io, { variant = 'plain' }, options) => {
    const index = played.length;
    const times = played.filter((each) => each === variant).length;
    const exitCode = then(index, options);
    const directory = join(folder, '.firedrill', 'runs', `run-${index + 1}`);
    await mkdir(directory, { recursive: true });
    const events = eventsOf({ variant, runId: `run-${index + 1}`, peak: PEAKS[variant]?.[times] ?? 0 });
    await writeFile(join(directory, 'journal.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    played.push(variant);
    seeds.add(options.seed);
    return { exitCode, directory, report: {} as Awaited<ReturnType<PlayRun>>['report'] };
  };
  return { play, played, seeds };
}

function loaded(variant: string): LoadedExperiment {
  return {
    ...{ experiment: compared, source: '', file: 'drill.yaml', folder: '/', composeFile: undefined, secrets: [] },
    variant: variant === 'plain' ? undefined : variant,
  };
}

const options = {
  ...{ leaseMs: 10_000, seed: 42, keep: false, quiet: false, order: ORDER, stored: [] },
  loaded: new Map(['plain', 'jitter'].map((name) => [name, loaded(name)])),
};

async function setIn(folder: string) {
  const [id] = await readdir(join(folder, '.firedrill', 'sets'));
  const directory = join(folder, '.firedrill', 'sets', id ?? '');
  return { id: id ?? '', directory, report: setReportSchema.parse(JSON.parse(await readFile(join(directory, 'report.json'), 'utf8'))) };
}

describe('a set of runs', () => {
  it('plays each in its turn with the same seed, judges across, and leaves reports that lead to each', async () => {
    const on = await stage();
    const { play, played, seeds } = pretend(on);
    assert.equal(await playSet(on.io, options, play), EXIT.passed, on.said());
    assert.deepEqual([played, [...seeds]], [ORDER, [42]]);
    const { directory, report: judged } = await setIn(on.folder);
    assert.deepEqual(
      judged.comparisons.map(({ name, state }) => [name, state]),
      [
        ['fewer-at-once', 'held'],
        ['no-more-failures', 'held'],
      ],
    );
    assert.deepEqual((await readdir(directory)).sort(), ['junit.xml', 'report.html', 'report.json', 'set.json', 'summary.md']);
    assert.equal(judged.runs[7]?.report, '../../runs/run-8/report.html');
    assert.match(on.said(), /Run 3 of 8: plain\n/);
    assert.match(on.said(), /PASSED: compared/);
  });

  it('is judged anew from its journals', async () => {
    const on = await stage();
    await playSet(on.io, options, pretend(on).play);
    const { id, report: before } = await setIn(on.folder);
    assert.equal(await report(on.io, id, { json: false }), EXIT.passed);
    assert.deepEqual((await setIn(on.folder)).report, before);
  });

  it('asks before the first run alone', async () => {
    const on = await stage();
    const asked: boolean[] = [];
    const { play } = pretend(on, (_, { confirm }) => {
      asked.push(confirm !== undefined);
      return EXIT.passed;
    });
    await playSet(on.io, { ...options, confirm: async () => true }, play);
    assert.deepEqual(asked, [true, ...Array.from({ length: 7 }, () => false)]);
  });

  it('ends with the run that a signal stops, and judges what there is', async () => {
    const on = await stage();
    const { play, played } = pretend(on, (index, { signals }) => {
      if (index !== 2) return EXIT.passed;
      on.signal('SIGINT');
      assert.ok(signals?.stopped.aborted);
      return EXIT.stopped;
    });
    assert.equal(await playSet(on.io, options, play), EXIT.stopped);
    assert.equal(played.length, 3);
    const { report: judged } = await setIn(on.folder);
    assert.ok(judged.why.includes('5 more runs were asked for and not made.'), judged.why.join('\n'));
  });

  it('does not begin another run where one could not be undone', async () => {
    const on = await stage();
    const { play, played } = pretend(on, (index) => (index === 1 ? EXIT.notUndone : EXIT.passed));
    assert.equal(await playSet(on.io, options, play), EXIT.notUndone);
    assert.equal(played.length, 2);
  });

  it('throws what its first run throws, and leaves no set', async () => {
    const on = await stage();
    const unfit = new FiredrillError('locked', 'The system is locked.', { exitCode: EXIT.groundUnfit });
    const { play } = pretend(on, () => {
      throw unfit;
    });
    await assert.rejects(playSet(on.io, options, play), unfit);
    await assert.rejects(setIn(on.folder), /ENOENT/);
  });

  it('is inconclusive where a later run finds its ground unfit', async () => {
    const on = await stage();
    const { play } = pretend(on, (index) => {
      if (index < 4) return EXIT.passed;
      throw new FiredrillError('locked', 'The system is locked.', { exitCode: EXIT.groundUnfit });
    });
    assert.equal(await playSet(on.io, options, play), EXIT.inconclusive);
    const { report: judged } = await setIn(on.folder);
    assert.ok(judged.why.includes('Run 5 of 8 (plain) was not made: The system is locked.'), judged.why.join('\n'));
  });

  it('compares with a stored set or run, by its id, its folder or its journal', async () => {
    const on = await stage();
    await playSet(on.io, options, pretend(on).play);
    const { id } = await setIn(on.folder);
    assert.equal((await storedRuns(on.folder, id)).length, 8);
    const run = join(on.folder, '.firedrill', 'runs', 'run-1');
    for (const name of ['run-1', run, join(run, 'journal.ndjson'), '.firedrill/runs/run-1'])
      assert.deepEqual(await storedRuns(on.folder, name), [run], name);
    await assert.rejects(storedRuns(on.folder, 'nowhere'), { code: 'baseline-missing', exitCode: EXIT.usageWrong });
  });
});
