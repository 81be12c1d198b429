/**
 * The library of experiments, each played once against its system as it stands and once in each of its variants, and what came of it: as it stands it
 * passes, and in a variant that is there to show what a protection is for exactly one objective breaks and the others hold.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Report } from '../../reports/report.ts';
import type { Event } from '../../runners/journal/events.ts';
import { firedrill, latestEvents, latestReport, root, scratchFolder } from '../helpers/firedrill-process.ts';
import { round, table } from './table.ts';

const FOLDERS = ['experiments', 'experiments/faults'];

/** Variants in which something protective is off; the others are systems to compare. */
const LACKING = /^(unprotected|hasty)$/;

const experimentShape = z.object({
  system: z.union([z.string(), z.object({ compose: z.string() })]),
  variants: z.record(z.string(), z.unknown()).default({}),
});

type Row = readonly (string | number)[];

interface Played {
  readonly file: string;
  /** Its Compose file. */
  readonly system: string;
  readonly variants: readonly (string | undefined)[];
}

/** Plays those of these names, by default all; each run takes about a minute. False where one did not end as it should. */
export async function benchLibrary(print: (text: string) => void, names: readonly string[] = []): Promise<boolean> {
  const folder = await scratchFolder('bench-library');
  const bySystem = Map.groupBy(await Promise.all((await experimentFiles(names)).map(readPlayed)), ({ system }) => system);
  const rows: Row[] = [];
  for (const [system, all] of bySystem) {
    await command(['up', system, '--yes'], folder);
    for (const { file, variants } of all) {
      for (const variant of variants) {
        const row = await play(file, variant, folder);
        rows.push([basename(file, '.yaml'), variant ?? '–', ...row]);
        console.error(rows.at(-1)?.join(' | '));
      }
    }
    await command(['down', system], folder);
  }
  print('The library, each once in each variant, against its system. Ask to effect and undo are of the slowest fault, in ms.\n');
  print(table(['experiment', 'variant', 'verdict', 'as it should', 'ask to effect', 'undo', 'what did not hold'], rows));
  return rows.every((row) => row[AS_IT_SHOULD] === 'yes');
}

/** The column. */
const AS_IT_SHOULD = 3;

async function readPlayed(file: string): Promise<Played> {
  const { system, variants } = experimentShape.parse(parse(await readFile(file, 'utf8')));
  const compose = typeof system === 'string' ? system : system.compose;
  return { file, system: join(dirname(file), compose), variants: [undefined, ...Object.keys(variants)] };
}

async function command(args: readonly string[], folder: string): Promise<void> {
  const { exitCode, stderr } = await firedrill(args, folder);
  if (exitCode !== 0) throw new Error(stderr);
}

async function play(file: string, variant: string | undefined, folder: string): Promise<Row> {
  const { exitCode, stderr } = await firedrill(['run', file, '--yes', ...(variant === undefined ? [] : ['--variant', variant])], folder);
  if (exitCode === null || exitCode > 2) return ['–', 'no', '–', '–', `exit ${exitCode}: ${stderr.trim()}`];
  const report = await latestReport(folder);
  const [verdict = '', ...rest] = told(report, await latestEvents(folder));
  return [verdict, isAsItShould(report, variant !== undefined && LACKING.test(variant)) ? 'yes' : 'no', ...rest];
}

function isAsItShould({ verdict, objectives }: Report, lacks: boolean): boolean {
  const broken = objectives.filter(({ state }) => state === 'broken');
  const held = objectives.filter(({ state }) => state === 'held');
  if (!lacks) return verdict === 'passed';
  return verdict === 'failed' && broken.length === 1 && held.length === objectives.length - 1;
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

if (import.meta.main) process.exitCode = (await benchLibrary((text) => console.log(text), process.argv.slice(2))) ? 0 : 1;
