/** The generated parts of the docs: tables of every key and kind, straight from the schemas, so that they cannot be wrong. */
import { z } from 'zod';
import { answerCheck, extraction } from './answer-check.ts';
import { comparison } from './comparison.ts';
import { describeParts } from './composite.ts';
import { burnCondition, judgement, loadCondition, readingCondition, spreadCondition } from './condition.ts';
import { burnWindow, periodBudget } from './error-budget.ts';
import type { Kind, Kinds } from './kind.ts';
import { scenarioBase } from './load.ts';
import { connect } from './load-connect.ts';
import { request } from './load-request.ts';
import { probeBase } from './named-probe.ts';
import { objectiveOf } from './objective.ts';
import { overlay } from './overlay.ts';
import { experimentSchema, limits } from './schema.ts';
import { MEASURES } from './spread.ts';
import { faultBase, gate } from './steps.ts';
import { targetSelector } from './target.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Branches of a choice that are still told apart in a table. */
const CHOICES_SHOWN_MAX = 4;

const UNDONE_BY = { agent: 'the agent', runner: 'the runner', heals: 'heals by itself', none: 'nobody' } as const;

const code = (text: unknown): string => `\`${String(text).replaceAll('|', '\\|')}\``;

/** Schemas under other schemas: JSON Schema also allows a bare true or false, which say nothing. */
function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}

function choiceWords(choices: readonly unknown[]): string {
  const words = [...new Set(choices.filter(isSchema).map(valueWords))];
  return words.length > CHOICES_SHOWN_MAX ? 'one of several' : words.join(' or ');
}

/** What may be written for a value, in a few words. */
function valueWords(schema: JsonSchema): string {
  const reference = schema.$ref ?? schema.allOf?.filter(isSchema).find(({ $ref }) => $ref)?.$ref;
  if (reference !== undefined) return reference.slice(reference.lastIndexOf('/') + 1).replaceAll('-', ' ');
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choiceWords(choices);
  if (schema.type === 'array') return isSchema(schema.items) ? `list of ${valueWords(schema.items)}` : 'list';
  if (schema.type === 'object') {
    const keys = Object.keys(schema.properties ?? {});
    if (keys.length > 0) return code(`{${keys.join(', ')}}`);
    return isSchema(schema.additionalProperties) ? `map of ${valueWords(schema.additionalProperties)}` : 'map';
  }
  const words: Readonly<Record<string, string>> = { string: 'text', integer: 'whole number', number: 'number', boolean: '`true`, `false`' };
  return words[String(schema.type)] ?? 'anything';
}

function defaultWords(schema: JsonSchema, required: boolean): string {
  if (required) return 'required';
  if (schema.default === undefined || (typeof schema.default === 'object' && Object.keys(schema.default ?? {}).length === 0)) return '';
  return code(typeof schema.default === 'object' ? JSON.stringify(schema.default) : schema.default);
}

/** What a reference within a schema stands for. */
function definitionOf(root: JsonSchema, reference: string): JsonSchema {
  const definitions: unknown = root['definitions'];
  const found = isSchema(definitions) ? definitions[reference.slice(reference.lastIndexOf('/') + 1)] : undefined;
  return isSchema(found) ? found : {};
}

/** One row a key: what may be written, its default, and what it says. */
function keysTable(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' });
  const named = json.$ref === undefined ? json : definitionOf(json, json.$ref);
  const rows = Object.entries(named.properties ?? {}).map(([key, value]) => {
    if (!isSchema(value)) return '';
    const described = (value.description ?? '').replaceAll('|', '\\|');
    return `| ${code(key)} | ${valueWords(value)} | ${defaultWords(value, named.required?.includes(key) ?? false)} | ${described} |`;
  });
  return rows.length === 0 ? 'No settings of its own.' : ['| key | value | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function kindSection(kind: Kind): string {
  const undo = kind.undoneBy === undefined ? '' : ` Undone by: ${UNDONE_BY[kind.undoneBy]}.`;
  const proof = kind.provenBy === undefined ? '' : ` Proven by: ${kind.provenBy}.`;
  const made = kind.composite === undefined ? '' : ` Made of: ${describeParts(kind.composite)}.`;
  return `### \`${kind.name}\`\n\n${kind.summary}${made}${proof}${undo}\n\n${keysTable(kind.settings)}`;
}

function kindsTable(role: string, kinds: readonly Kind[]): string {
  const undone = kinds.some((kind) => kind.undoneBy !== undefined);
  const head = undone ? [`| ${role} | what it does | undone by |`, '|---|---|---|'] : [`| ${role} | what it does |`, '|---|---|'];
  const rows = kinds.map(({ name, summary, undoneBy }) => {
    const cells = [code(name), summary.replaceAll('|', '\\|'), ...(undone ? [undoneBy ? UNDONE_BY[undoneBy] : ''] : [])];
    return `| ${cells.join(' | ')} |`;
  });
  return [...head, ...rows].join('\n');
}

function measuresTable(): string {
  const rows = Object.entries(MEASURES).map(([name, { of, meaning }]) => `| ${code(name)} | ${of} | ${meaning} |`);
  return ['| measure | of | what it is |', '|---|---|---|', ...rows].join('\n');
}

/** The generated sections by name. */
export function referenceSections(kinds: Kinds): Readonly<Record<string, string>> {
  const list = (each: readonly Kind[]): string => each.map(kindSection).join('\n\n');
  return {
    kinds: [kindsTable('fault', kinds.faults), kindsTable('probe', kinds.probes), kindsTable('load', kinds.executors)].join('\n\n'),
    faults: list(kinds.faults),
    probes: list(kinds.probes),
    executors: list(kinds.executors),
    experiment: keysTable(experimentSchema(kinds)),
    target: keysTable(targetSelector),
    scenario: keysTable(z.strictObject({ executor: z.string().optional().describe('Its kind; a shortcut implies it.'), ...scenarioBase })),
    request: keysTable(request),
    connect: keysTable(connect),
    tls: keysTable(connect.shape.tls),
    'answer-check': keysTable(answerCheck),
    extraction: keysTable(extraction),
    'fault-step': keysTable(z.strictObject({ fault: z.string().describe('Its kind.'), ...faultBase })),
    gate: keysTable(gate),
    probe: keysTable(z.strictObject({ probe: z.string().describe('Its kind.'), ...probeBase })),
    'load-condition': keysTable(loadCondition),
    'reading-condition': keysTable(readingCondition),
    'spread-condition': keysTable(spreadCondition),
    'burn-condition': keysTable(burnCondition),
    'burn-window': keysTable(burnWindow),
    'period-budget': keysTable(periodBudget),
    measures: measuresTable(),
    'inline-probe': keysTable(z.strictObject({ probe: z.string().describe('Its kind.'), ...probeBase, ...judgement })),
    objective: keysTable(objectiveOf(z.unknown().meta({ id: 'condition' }))),
    limits: keysTable(limits),
    variant: keysTable(overlay),
    comparison: keysTable(comparison),
  };
}

const SECTION = /<!-- generated:([a-z-]+) -->[\s\S]*?<!-- \/generated -->/g;

/** A page with its generated sections filled in afresh. Throws where a marker names no section. */
export function fillSections(page: string, sections: Readonly<Record<string, string>>): string {
  return page.replace(SECTION, (_, name: string) => {
    const section = Object.hasOwn(sections, name) ? sections[name] : undefined;
    if (section === undefined)
      throw new TypeError(`no generated section is called '${name}'; there are ${Object.keys(sections).join(', ')}`);
    return `<!-- generated:${name} -->\n${section}\n<!-- /generated -->`;
  });
}
