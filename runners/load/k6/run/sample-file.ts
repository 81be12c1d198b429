/** Every sample of a test in a file: `--out json=…` as lines of JSON in k6's shape, `--out csv=…` as a table. */
import { createWriteStream, type WriteStream, writeFileSync } from 'node:fs';
import type { MetricType, Tags } from '../host.ts';
import type { SampleTap } from '../script-test.ts';
import type { SampleFile } from './messages.ts';

/** Characters that wait to be written; beyond it samples are left out, and counted. */
const WAITING_MAX = 64 * 1024 * 1024;
const COLUMNS = [
  'scenario',
  'group',
  'name',
  'method',
  'status',
  'url',
  'expected_response',
  'check',
  'error',
  'error_code',
  'proto',
  'tls_version',
];

export class SampleWriter implements SampleTap {
  /** Samples that the disk was too slow for. */
  lost = 0;
  readonly #file: SampleFile;
  readonly #stream: WriteStream;
  readonly #failed: (error: Error) => void;
  readonly #begins: boolean;

  /** Several processes may write whole lines to one file: the one that `begins` it empties it first, before the others have a sample. */
  constructor(file: SampleFile, begins: boolean, failed: (error: Error) => void) {
    this.#file = file;
    this.#failed = failed;
    this.#begins = begins;
    if (begins) empty(file.path, failed);
    this.#stream = createWriteStream(file.path, { flags: 'a' });
    this.#stream.on('error', (error) => this.#failed(error));
    if (begins && file.format === 'csv') this.#stream.write(`metric_name,timestamp,metric_value,${COLUMNS.join(',')},extra_tags\n`);
  }

  metric(name: string, type: MetricType, isTime: boolean): void {
    if (this.#file.format === 'csv' || !this.#begins) return;
    const data = { name, type, contains: isTime ? 'time' : 'default', thresholds: [], submetrics: null };
    this.#write(`${JSON.stringify({ type: 'Metric', data, metric: name })}\n`);
  }

  sample(metric: string, value: number, base: Tags, own: Tags | undefined): void {
    const tags = { ...base, ...own };
    const nowMs = Date.now();
    if (this.#file.format === 'json') {
      this.#write(`${JSON.stringify({ metric, type: 'Point', data: { time: new Date(nowMs).toISOString(), value, tags } })}\n`);
      return;
    }
    const extra = Object.entries(tags)
      .filter(([name]) => !COLUMNS.includes(name))
      .map(([name, text]) => `${name}=${text}`)
      .join('&');
    const cells = [metric, String(Math.floor(nowMs / 1000)), String(value), ...COLUMNS.map((name) => tags[name] ?? ''), extra];
    this.#write(`${cells.map(csvCell).join(',')}\n`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(() => resolve()));
  }

  #write(line: string): void {
    if (this.#stream.writableLength > WAITING_MAX) this.lost += 1;
    else this.#stream.write(line);
  }
}

function empty(path: string, failed: (error: Error) => void): void {
  try {
    writeFileSync(path, '');
  } catch (error) {
    failed(error instanceof Error ? error : new Error(String(error)));
  }
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
