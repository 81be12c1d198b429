/**
 * Composites: a fault that is a list of other faults, as plain data. The file is checked by the settings of the faults that it is made of, and a
 * step of it becomes a step for each part; from there on there are only those.
 */
import { z } from 'zod';
import { formatMs, parseDurationMs } from './duration.ts';
import type { Kind } from './kind.ts';
import type { FaultStep } from './steps.ts';

/** A setting of the composite: which setting of which fault it stands for, and its value where the file gives none. */
export interface Parameter {
  readonly of: readonly [fault: string, setting: string];
  readonly default?: unknown;
}

/** Stands, in the settings of a part, for what the file says. */
export interface FromParameter {
  readonly parameter: string;
}

/** One fault of a composite. */
export interface Part {
  /** Unique in the composite; its step is named `step.part`, unless it is the only one. */
  readonly name: string;
  readonly fault: string;
  /** From the composite's own beginning: `5s`. A part that lasts ends with the composite. */
  readonly after?: string;
  /** As they would be written in the file; `{parameter}` anywhere within stands for a setting of the composite. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Composite {
  readonly name: string;
  readonly summary: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly parts: readonly Part[];
}

const UNDONE_BY_WORST_FIRST = ['none', 'runner', 'agent', 'heals'] as const;

/** The composite as a kind of fault. Throws TypeError where it names a fault, setting or parameter that there is not. */
export function compositeKind(composite: Composite, faults: readonly Kind[]): Kind {
  const find = (name: string) => {
    const fault = faults.find((each) => each.name === name);
    if (!fault) throw new TypeError(`composite '${composite.name}' is made of '${name}', which is no fault`);
    return fault;
  };
  const shape = Object.entries(composite.parameters).map(
    ([
      key,
      {
        of: [fault, setting],
        default: value,
      },
    ]) => {
      const schema = find(fault).settings.shape[setting];
      if (!schema) throw new TypeError(`composite '${composite.name}': fault '${fault}' has no setting '${setting}'`);
      return [key, value === undefined ? schema : withDefault(schema, value)] as const;
    },
  );
  const kinds = composite.parts.map((part) => find(part.fault));
  return {
    name: composite.name,
    summary: composite.summary,
    settings: z.strictObject(Object.fromEntries(shape)),
    lasting: kinds.some((kind) => kind.lasting === true),
    undoneBy: UNDONE_BY_WORST_FIRST.find((by) => kinds.some((kind) => kind.undoneBy === by)) ?? 'heals',
    composite,
  };
}

/** The value stays as it is written: the part's own fault parses it. */
function withDefault(schema: z.ZodType, value: unknown): z.ZodType {
  const meant = schema.description ?? schema.meta()?.description ?? '';
  return schema
    .optional()
    .describe(`${meant}${meant === '' ? '' : ' '}Default ${typeof value === 'string' ? value : JSON.stringify(value)}.`);
}

/** Names of the steps that a step of this kind becomes. */
export function partNames(step: string, kind: Kind | undefined): readonly string[] {
  const parts = kind?.composite?.parts ?? [];
  return parts.length < 2 ? [step] : parts.map((part) => `${step}.${part.name}`);
}

/** The primitive steps of a step; a step of no composite is its own. */
export function expandStep(step: FaultStep, faults: readonly Kind[]): readonly FaultStep[] {
  const kind = faults.find((each) => each.name === step.fault);
  if (!kind?.composite) return [step];
  const { parts, parameters, name } = kind.composite;
  const defaults = Object.fromEntries(Object.entries(parameters).map(([key, each]) => [key, each.default]));
  const values = { ...defaults, ...step.settings };
  const names = partNames(step.name, kind);
  return parts.map((part, index) => expandPart(step, part, { values, name: names[index] ?? step.name, composite: name, faults }));
}

interface Expansion {
  readonly values: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly composite: string;
  readonly faults: readonly Kind[];
}

function expandPart(step: FaultStep, part: Part, { values, name, composite, faults }: Expansion): FaultStep {
  const kind = faults.find((each) => each.name === part.fault);
  const afterMs = part.after === undefined ? 0 : (parseDurationMs(part.after) ?? 0);
  const lastsMs = Math.max(0, (step.duration?.ms ?? 0) - afterMs);
  const consents = { none: 'not-undone', runner: 'undone-by-runner', agent: undefined, heals: undefined } as const;
  return {
    ...step,
    name,
    composite,
    fault: part.fault,
    at: { ms: step.at.ms + afterMs },
    duration: kind?.lasting === true ? { ms: lastsMs } : undefined,
    consent: step.consent === consents[kind?.undoneBy ?? 'agent'] ? step.consent : undefined,
    settings: Object.fromEntries(Object.entries(part.settings).flatMap(([key, value]) => filled(key, value, values))),
  };
}

/** A setting that the file leaves out, and that has no default, is left to the fault. */
function filled(key: string, value: unknown, values: Readonly<Record<string, unknown>>): [string, unknown][] {
  const resolved = resolveValue(value, values);
  return resolved === undefined ? [] : [[key, resolved]];
}

function resolveValue(value: unknown, values: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((each) => resolveValue(each, values));
  if (isParameter(value)) return values[value.parameter];
  return value;
}

function isParameter(value: unknown): value is FromParameter {
  return typeof value === 'object' && value !== null && 'parameter' in value && typeof value.parameter === 'string';
}

/** What it is made of, for the docs: `latency` (network-latency), … */
export function describeParts({ parts }: Composite): string {
  return parts
    .map(
      ({ name, fault, after }) =>
        `\`${fault}\`${parts.length > 1 ? ` as \`${name}\`` : ''}${after === undefined ? '' : ` ${formatMs(parseDurationMs(after) ?? 0)} later`}`,
    )
    .join(', ');
}
