/** A script's own `handleSummary`: it turns the figures of a test into files and texts. */
import { toBytes } from '../modules/bytes.ts';
import type { Vu } from '../vu.ts';
import type { SummaryData } from './summary-data.ts';

/** k6's limit. */
const HANDLE_MS_MAX = 120_000;

/** Where a text goes: `stdout`, `stderr` or a file; bytes travel as base64. */
export interface SummaryOutput {
  readonly path: string;
  readonly base64: string;
}

/** Undefined where the script has none, or where it failed: then the failure is told and the usual summary stands. */
export async function handleSummary(
  vu: Vu,
  data: SummaryData,
  fail: (error: unknown) => void,
): Promise<readonly SummaryOutput[] | undefined> {
  const exports = await vu.exports;
  if (typeof exports['handleSummary'] !== 'function') return undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`it took longer than ${HANDLE_MS_MAX} ms`)), HANDLE_MS_MAX);
    });
    vu.host.begin(0, 0);
    const given = await Promise.race([vu.call('handleSummary', structuredClone(data)), late]);
    if (given === undefined || given === null) return undefined;
    if (typeof given !== 'object') throw new TypeError('it must give a map of file names to contents');
    return Object.entries(given).map(([path, content]) => ({ path, base64: Buffer.from(toBytes(content)).toString('base64') }));
  } catch (error) {
    fail(error);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
