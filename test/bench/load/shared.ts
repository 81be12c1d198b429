/** What the benches of the load share: a scenario, tables that are printed row by row, CPU time, and medians. */
import type { Scenario } from '../../../experiments/language/experiment.ts';
import type { GeneratorFacts } from '../../../runners/load/generator/merge.ts';
import { startLoad } from '../../../runners/load/generator/start.ts';
import type { LoadTotals } from '../../../runners/load/recording/totals.ts';
import { scenarioOf } from '../../runners/load/support.ts';

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function row(...cells: readonly (string | number)[]): void {
  print(`| ${cells.join(' | ')} |`);
}

export function heading(title: string, ...cells: readonly string[]): void {
  print(`\n${title}\n`);
  row(...cells);
  row(...cells.map(() => '---'));
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** User and system time of this process in µs. */
export function cpuUs(before?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function scenario(url: string, executor: string, settings: Scenario['settings'], name = 'bench'): Scenario {
  return scenarioOf({ name, url, executor, settings, gracefulStop: { ms: 10_000 }, timeout: { ms: 10_000 } });
}

/** What a load came to, and what its generators cost while it was under way. */
export interface Measured {
  readonly totals: LoadTotals;
  /** Of one core, without the first second. */
  readonly cpuShare: number;
  readonly rssBytes: number;
}

/** Runs a load to its end; its clock starts at `startNs`. */
export async function measure(scenarios: readonly Scenario[], startNs = process.hrtime.bigint(), generators?: number): Promise<Measured> {
  const facts: GeneratorFacts[] = [];
  const run = startLoad({
    scenarios,
    startNs,
    seed: 1,
    generators,
    onSeries() {},
    onCells() {},
    onGenerator: (each) => facts.push(each),
    signal: new AbortController().signal,
  });
  const totals = await run.done;
  const busy = facts.filter(({ vusMax }) => (vusMax ?? 0) > 0).slice(1);
  const cpuShare = busy.reduce((sum, each) => sum + each.cpuShare, 0) / Math.max(1, busy.length);
  return { totals, cpuShare, rssBytes: Math.max(...facts.map(({ rssBytes }) => rssBytes)) };
}
