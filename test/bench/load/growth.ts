/** What a request costs as virtual users, scenarios, processes and the length of the run grow; it should stay the same. */
import type { Scenario } from '../../../experiments/language/experiment.ts';
import { heading, measure, row, scenario } from './shared.ts';
import { stampingServer } from './stamping-server.ts';

const RATE = 4000;
const SECONDS = 4;

interface Case {
  readonly what: string;
  readonly scenarios: (url: string) => readonly Scenario[];
  readonly generators?: number;
  /** Default SECONDS. */
  readonly seconds?: number;
}

function open(url: string, scenarios: number, seconds = SECONDS): readonly Scenario[] {
  return Array.from({ length: scenarios }, (_, index) =>
    scenario(url, 'constant-arrival-rate', { rate: RATE / scenarios, duration: `${seconds}s` }, `bench-${index}`),
  );
}

function closed(url: string, vus: number): readonly Scenario[] {
  return [scenario(url, 'constant-vus', { vus, duration: `${SECONDS}s`, 'think-time': `${vus}ms` })];
}

const CASES: readonly Case[] = [
  ...[1, 50, 500].map((vus) => ({ what: `${vus} virtual users, together 1000/s at most`, scenarios: (url: string) => closed(url, vus) })),
  ...[1, 8, 32].map((count) => ({ what: `${count} scenarios, together ${RATE}/s`, scenarios: (url: string) => open(url, count) })),
  ...[1, 2, 3].map((generators) => ({
    what: `${generators} processes, together ${RATE}/s`,
    scenarios: (url: string) => open(url, 1),
    generators,
  })),
  ...[4, 20].map((seconds) => ({ what: `${RATE}/s for ${seconds} s`, scenarios: (url: string) => open(url, 1, seconds), seconds })),
];

export async function benchGrowth(): Promise<void> {
  const server = await stampingServer();
  heading('Growth:', 'load', 'requests', 'µs CPU a request', 'MB', 'lag p99 ms');
  for (const { what, scenarios, generators = 1, seconds = SECONDS } of CASES) {
    const { totals, cpuShare, rssBytes } = await measure(scenarios(server.url), undefined, generators);
    const perSecond = totals.sent / seconds;
    row(what, totals.sent, ((cpuShare * 1e6) / perSecond).toFixed(1), (rssBytes / 1e6).toFixed(0), totals.lagP99Ms.toFixed(2));
  }
  server.close();
}
