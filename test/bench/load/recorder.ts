/** What recording costs: time a request, memory over ten million of them, and bytes in the journal a minute. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { LoadCell } from '../../../probes/slo/load-cells.ts';
import { Recorder, type SeriesRecorder } from '../../../runners/load/recording/recorder.ts';
import { cpuUs, heading, row } from './shared.ts';

const PER_SECOND = 2000;
const MILLION = 1_000_000;
const MINUTE_MS = 60_000;

interface Shape {
  readonly series: number;
  /** Further metrics of each request. */
  readonly metrics: number;
}

const METRICS = ['http_req_blocked', 'http_req_connecting', 'http_req_sending', 'http_req_waiting', 'http_req_receiving', 'data_sent'];

interface Recording {
  readonly recorder: Recorder;
  readonly all: readonly SeriesRecorder[];
}

type OnFrame = (cells: readonly LoadCell[]) => void;

function collect(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

/** Latencies like those of a service: most near 5 ms, some far above. */
function latencyMs(index: number): number {
  return 3 + (index % 7) + (index % 97 === 0 ? 200 : 0) + (index % 13) / 10;
}

function recordOne(series: SeriesRecorder, atMs: number, index: number, metrics: readonly string[]): void {
  series.planned(atMs);
  series.sent(atMs);
  series.settled(atMs, atMs + 0.1, atMs + latencyMs(index), 'ok');
  series.iteration(atMs);
  for (const metric of metrics) series.sample(metric, latencyMs(index), atMs);
}

/** Records so many requests, with a frame every 100 ms. */
function recordAll({ recorder, all }: Recording, requests: number, fromMs: number, { metrics }: Shape, onFrame: OnFrame = () => {}): void {
  const names = METRICS.slice(0, metrics);
  const perFrame = PER_SECOND / 10;
  for (let index = 0; index < requests; index += 1) {
    const series = all[index % all.length];
    if (series) recordOne(series, fromMs + (index * 1000) / PER_SECOND, index, names);
    if ((index + 1) % perFrame === 0) onFrame(recorder.take());
  }
}

/** CPU time in ns. */
function costOf(recording: Recording, shape: Shape): number {
  const before = process.cpuUsage();
  recordAll(recording, MILLION, MINUTE_MS, shape);
  return (cpuUs(before) * 1000) / MILLION;
}

function bytesAMinute(recording: Recording, shape: Shape): number {
  let bytes = 0;
  recordAll(recording, PER_SECOND * 60, 2 * MINUTE_MS, shape, (cells) => {
    bytes += JSON.stringify({ atMs: 0, wall: new Date(0).toISOString(), type: 'load.frame', cells }).length + 1;
  });
  return bytes;
}

function recorderOf(shape: Shape): Recording {
  const recorder = new Recorder(() => {});
  const all = Array.from({ length: shape.series }, (_, index) => recorder.series('bench', {}, { kind: String(index) }));
  return { recorder, all };
}

export function benchRecorder(): void {
  heading(
    `Recording ${PER_SECOND}/s, once the exact values are used up; CPU time over a million requests, and a minute in the journal:`,
    'series',
    'further metrics',
    'ns CPU a request',
    'MB a minute',
  );
  for (const shape of [
    { series: 1, metrics: 0 },
    { series: 8, metrics: 0 },
    { series: 100, metrics: 0 },
    { series: 500, metrics: 0 },
    { series: 8, metrics: 6 },
  ]) {
    const recording = recorderOf(shape);
    recordAll(recording, MILLION / 5, 0, shape);
    const ns = costOf(recording, shape);
    row(shape.series, shape.metrics, ns.toFixed(0), (bytesAMinute(recording, shape) / 1e6).toFixed(2));
  }
  heading('Memory over ten million requests in 8 series, after a collection:', 'requests, millions', 'heap MB');
  const shape = { series: 8, metrics: 6 };
  const recording = recorderOf(shape);
  for (let millions = 1; millions <= 10; millions += 1) {
    recordAll(recording, MILLION, millions * MILLION, shape);
    if (![1, 2, 5, 10].includes(millions)) continue;
    collect();
    row(millions, (process.memoryUsage().heapUsed / 1e6).toFixed(1));
  }
}
