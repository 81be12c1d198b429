/**
 * `node runners/cli/docs.ts [--check]`: writes what is generated from the schemas (JSON Schemas, tables in the docs), or,
 * with --check, says which of it is stale and exits with 1.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { experimentJsonSchema } from '../../experiments/language/json-schema.ts';
import type { Kinds } from '../../experiments/language/kind.ts';
import { fillSections, referenceSections } from '../../experiments/language/reference.ts';
import { reportSchema } from '../../reports/report.ts';
import { setReportSchema } from '../../reports/set/set-report.ts';
import { type Mechanism, mechanisms } from '../agent/mechanisms.ts';
import { scriptSections } from '../load/k6/reference.ts';
import { kinds } from './kinds.ts';

/** Pages with generated sections. */
const PAGES = ['docs/file-format.md', 'README.md', 'docs/figures.md', 'docs/k6.md'] as const;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function asJson(schema: unknown): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Every generated file by its path in the project, as it should be. `read` gives a page as it is. */
export function generatedFiles(kinds: Kinds, read: (path: string) => string): Readonly<Record<string, string>> {
  const sections = { ...referenceSections(kinds), mechanisms: mechanismTable(mechanisms), ...scriptSections() };
  const reportJson = z.toJSONSchema(reportSchema, { io: 'output', unrepresentable: 'any' });
  return {
    'experiments/experiment.schema.json': asJson(experimentJsonSchema(kinds)),
    'reports/report.schema.json': asJson({ ...reportJson, title: 'firedrill report' }),
    'reports/set-report.schema.json': asJson(z.toJSONSchema(setReportSchema)),
    ...Object.fromEntries(PAGES.map((path) => [path, fillSections(read(path), sections)])),
  };
}

/** In Markdown, for a page in docs/. */
export function mechanismTable(all: readonly Mechanism[]): string {
  const rows = all.map(({ name, faults = [], usedFor, executed, tests }) => {
    const purpose = [
      ...(faults.length === 0 ? [] : [faults.map((fault) => `\`${fault}\``).join(', ')]),
      ...(usedFor === undefined ? [] : [usedFor]),
    ];
    const where = tests.map((test) => `[${test.replace(/\.test\.ts$/, '')}](../test/${test})`).join(', ');
    return `| ${name} | ${purpose.join('; ')} | ${executed === true ? 'yes' : `no; ${executed}`} | ${where === '' ? '–' : where} |`;
  });
  return ['| mechanism | what it is for | executed by our tests | where |', '|---|---|---|---|', ...rows].join('\n');
}

/** The text of a file of the project, undefined where there is none. */
function readIfThere(root: string, path: string): string | undefined {
  try {
    return readFileSync(`${root}${path}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Brings the generated files of a checkout up to date, or only names the stale ones. */
export function updateDocs(root: string, kinds: Kinds, check: boolean): readonly string[] {
  const files = generatedFiles(kinds, (path) => readIfThere(root, path) ?? '');
  const stale = Object.entries(files).filter(([path, text]) => readIfThere(root, path) !== text);
  if (!check) for (const [path, text] of stale) writeFileSync(`${root}${path}`, text);
  return stale.map(([path]) => path);
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const check = args.includes('--check');
  if (args.some((argument) => argument !== '--check')) {
    console.error('usage: node runners/cli/docs.ts [--check]');
    process.exitCode = 4;
  } else {
    const stale = updateDocs(ROOT, kinds, check);
    for (const path of stale) console.log(check ? `stale: ${path}` : `wrote ${path}`);
    if (check && stale.length > 0) {
      console.error('Run: npm run docs');
      process.exitCode = 1;
    }
  }
}
