/** Several runs of node's test runner, one after the other, told as one: the reporter sees one stream and one summary. */
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

export interface TestGroup {
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly concurrency: number;
  /** For each of its tests. */
  readonly limitMs: number;
}

/** What the runner's stream is made of, as far as it is looked at here. */
export interface TestEvent {
  readonly type: string;
  readonly data: { readonly nesting?: number; readonly message?: string; readonly file?: string | undefined; readonly success?: boolean };
}

/** The runner's closing lines, in its order: `tests 12`, `pass 12`, …, `duration_ms 345.6`. */
const SUMMARY_LINE = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) (\d+(?:\.\d+)?)$/;

/** Runs the groups in order, reporting to standard output; true where every test passed. */
export async function runTestGroups(groups: readonly TestGroup[]): Promise<boolean> {
  let passed = true;
  const starts = groups
    .filter((group) => group.files.length > 0)
    .map((group) => () => run({ files: [...group.files], concurrency: group.concurrency, timeout: group.limitMs }));
  const events = joinRuns(starts, (success) => {
    passed = passed && success;
  });
  const report = Readable.from(events).pipe(new spec());
  report.pipe(process.stdout, { end: false });
  await finished(report, { writable: false });
  return passed;
}

/** One stream of several: each run's own summary is held back, and the sum of them ends the whole. */
export async function* joinRuns(
  starts: readonly (() => AsyncIterable<TestEvent>)[],
  onEnd: (success: boolean) => void,
): AsyncGenerator<TestEvent> {
  const sums = new Map<string, number>();
  for (const start of starts) {
    for await (const event of start()) {
      const [, name, figure] =
        (event.type === 'test:diagnostic' && event.data.nesting === 0 && SUMMARY_LINE.exec(event.data.message ?? '')) || [];
      if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(figure));
      else if (event.type !== 'test:summary') yield event;
      else if (event.data.file === undefined) onEnd(event.data.success === true);
    }
  }
  for (const [name, sum] of sums) yield { type: 'test:diagnostic', data: { nesting: 0, message: `${name} ${Number(sum.toFixed(3))}` } };
}
