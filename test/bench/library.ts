/** The library of experiments, each played once against the fabric as it stands, and what came of it. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Report } from '../../reports/report.ts';
import type { Event } from '../../runners/journal/events.ts';
import { firedrill, latestEvents, latestReport, root, scratchFolder } from '../helpers/firedrill-process.ts';
import { round, table } from './table.ts';

const FOLDERS = ['experiments', 'experiments/faults'];

type Row = readonly (string | number)[];

/** Plays those of these names, by default all; each takes about a minute. */
export async function benchLibrary(print: (text: string) => void, names: readonly string[] = []): Promise<void> {
  const folder = await scratchFolder('bench-library');
  const compose = join(root, 'experiments/fabric/compose.yaml');
  const up = await firedrill(['up', compose, '--yes'], folder);
  if (up.exitCode !== 0) throw new Error(up.stderr);
  const rows: Row[] = [];
  for (const file of await experimentFiles(names)) {
    const { exitCode, stderr } = await firedrill(['run', file, '--yes'], folder);
    const row =
      exitCode === null || exitCode > 2
        ? ['–', '–', '–', `exit ${exitCode}: ${stderr.trim()}`]
        : told(await latestReport(folder), await latestEvents(folder));
    rows.push([basename(file, '.yaml'), ...row]);
    console.error(rows.at(-1)?.join(' | '));
  }
  print('The library, each once as it stands, against the fabric. Ask to effect and undo are of the slowest fault, in ms.\n');
  print(table(['experiment', 'verdict', 'ask to effect', 'undo', 'what did not hold'], rows));
}

async function experimentFiles(names: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    FOLDERS.map(async (each) =>
      (await readdir(join(root, each))).filter((file) => file.endsWith('.yaml')).map((file) => join(root, each, file)),
    ),
  );
  return found.flat().filter((file) => names.length === 0 || names.includes(basename(file, '.yaml')));
}

function told({ verdict, faults, objectives, hypothesis, stops }: Report, events: readonly Event[]): Row {
  const worst = (spans: readonly number[]) => (spans.length === 0 ? '–' : round(Math.max(...spans), 0));
  const effects = faults.flatMap(({ askedAtMs, inEffectAtMs }) =>
    askedAtMs === null || inEffectAtMs === null ? [] : [inEffectAtMs - askedAtMs],
  );
  const undoing = new Map(events.flatMap((event) => (event.type === 'fault.undoing' ? [[event.fault, event.atMs] as const] : [])));
  const undos = faults.flatMap(({ name, undoneAtMs }) => {
    const askedAtMs = undoing.get(name);
    return undoneAtMs === null || askedAtMs === undefined ? [] : [undoneAtMs - askedAtMs];
  });
  const notHeld = [
    ...faults.filter(({ state }) => state !== 'undone' && state !== 'over').map(({ name, state, proof }) => `${name} ${state}: ${proof}`),
    ...hypothesis.flatMap(({ when, parts }) =>
      parts.filter(({ state }) => state !== 'held').map(({ text, seen }) => `${when}: ${text}: ${seen}`),
    ),
    ...objectives.flatMap(({ name, clauses }) =>
      clauses.filter(({ state }) => state !== 'held').map(({ text, seen }) => `${name}: ${text}: ${seen}`),
    ),
    ...stops.map(({ because, detail }) => `stopped: ${because} ${detail}`),
  ];
  return [verdict, worst(effects), worst(undos), notHeld.join('; ') || '–'];
}

if (import.meta.main) await benchLibrary((text) => console.log(text), process.argv.slice(2));
