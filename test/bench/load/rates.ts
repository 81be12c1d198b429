/** How well the generator keeps its plan at rising rates: by its own word, and as the server sees it. */
import { heading, measure, row, scenario } from './shared.ts';
import { stampingServer } from './stamping-server.ts';

const RATES = [500, 2000, 5000, 10_000, 20_000, 30_000, 40_000];
const SECONDS = 4;
/** Generators start, and open their connections, before the clock does. */
const LEAD_NS = 5_000_000_000n;
/** A first request that comes later than this tells of generators that were not ready in time, so the server can't tell how late the others were. */
const BEGUN_LATE_MS = 100;

export async function benchRates(): Promise<void> {
  const server = await stampingServer();
  heading(
    `Constant rates, open loop, ${SECONDS} s each. Lag is the hand-over minus the intended instant; at the server, the arrival minus it (its own delay and the network's included):`,
    'rate',
    'planned',
    'sent',
    'ok',
    'lag p50 ms',
    'lag p99 ms',
    'at the server p50 ms',
    'p99 ms',
    'µs CPU a request',
    'MB',
    '',
  );
  for (const rate of RATES) {
    const startNs = process.hrtime.bigint() + LEAD_NS;
    const plan = scenario(server.url, 'constant-arrival-rate', { rate, duration: `${SECONDS}s` });
    const { totals, cpuShare, rssBytes } = await measure([plan], startNs, 1);
    const seen = await server.lateness(startNs, rate);
    row(
      rate,
      totals.planned,
      totals.sent,
      totals.ok,
      totals.lagP50Ms.toFixed(2),
      totals.lagP99Ms.toFixed(2),
      ...(seen.firstMs > BEGUN_LATE_MS ? ['–', '–'] : [seen.p50Ms.toFixed(2), seen.p99Ms.toFixed(2)]),
      ((cpuShare * 1e6) / rate).toFixed(1),
      (rssBytes / 1e6).toFixed(0),
      totals.limited ? 'limited' : '',
    );
  }
  server.close();
}
