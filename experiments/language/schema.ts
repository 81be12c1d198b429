/**
 * The schema of a whole experiment as it is written, put together from the kinds of fault, probe and executor that it
 * is handed: it checks files, and gives the editor's JSON Schema. Maps are strict: an unknown key is an error.
 */
import { z } from 'zod';
import { byKind, byMarker } from './choice.ts';
import { comparison } from './comparison.ts';
import { burnCondition, holding, judgement, loadCondition, readingCondition, spreadCondition } from './condition.ts';
import { duration } from './duration.ts';
import type { Kind, Kinds } from './kind.ts';
import { generatorCount, scenarioBase } from './load.ts';
import { scriptKeys } from './load-script.ts';
import { thresholds } from './load-threshold.ts';
import { probeBase } from './named-probe.ts';
import { name, share } from './names.ts';
import { objectiveOf } from './objective.ts';
import { overlay } from './overlay.ts';
import { faultBase, gate } from './steps.ts';
import { engine, systemMap, systemPath, targetSelector } from './target.ts';

type Shape = Readonly<Record<string, z.ZodType>>;

/** The marker that k6's shortcuts leave out; where it was, it is there by the time that a file is checked. */
const IMPLIED = 'executor';

/** A kind's own settings and the keys that all of its sort have, flat in one strict map. Both claiming a key is refused. */
function flat(marker: string, kind: Kind, base: Shape, role: string): z.ZodObject {
  const own = kind.settings.shape;
  const claimed = Object.keys(own).filter((key) => key === marker || Object.hasOwn(base, key));
  if (claimed.length > 0) throw new TypeError(`${role} '${kind.name}' claims '${claimed.join("', '")}', which every ${role} has`);
  const literal = z.literal(kind.name).describe(kind.summary);
  return z.strictObject({ [marker]: marker === IMPLIED ? literal.optional() : literal, ...base, ...own });
}

/** One schema a kind, chosen by the marker key. The suffix tells apart the same kind in different places of the file. */
function byKindOf(marker: string, role: string, kinds: readonly Kind[], base: Shape, suffix: string): z.ZodType {
  const names = kinds.map((kind) => kind.name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) throw new TypeError(`two kinds of ${role} are called '${twice}'`);
  const schemas = kinds.map(
    (kind) => [kind.name, flat(marker, kind, base, role).meta({ id: `${suffix}-${kind.name}`, description: kind.summary })] as const,
  );
  const branches = Object.fromEntries(schemas);
  return byKind(marker, role, branches, z.object(base), z.union(Object.values(branches)).meta({ id: suffix }));
}

/** Conditions with inline probes; `extra` keys stand in all of them. */
function conditionOf(kinds: Kinds, extra: Shape, id: string): z.ZodType {
  const branches = {
    load: loadCondition.extend(extra).meta({ id: `${id}-load`, description: 'A metric of the load and its threshold.' }),
    reading: readingCondition.extend(extra).meta({ id: `${id}-reading`, description: 'Readings of a named probe.' }),
    spread: spreadCondition.extend(extra).meta({ id: `${id}-spread`, description: 'How the load or the readings of a probe are spread.' }),
    burn: burnCondition.extend(extra).meta({ id: `${id}-burn`, description: 'How fast an error budget burns.' }),
    probe: byKindOf('probe', 'probe', kinds.probes, { ...probeBase, ...judgement, ...extra }, `${id}-probe`),
  };
  const union = z.union(Object.values(branches)).meta({
    id,
    description:
      'What must be true of the load, of a named probe, of how either is spread, of an error budget, or of a probe written in place.',
  });
  return byMarker('a condition', branches, union);
}

function stepOf(kinds: Kinds): z.ZodType {
  const fault = byKindOf('fault', 'fault', kinds.faults, faultBase, 'fault');
  return byMarker('a step', { fault, gate }, z.union([fault, gate]).meta({ id: 'step', description: 'A fault or a gate.' }));
}

/** How far an experiment may go. */
export const limits = z.strictObject({
  'max-targets': z.int().min(1).default(50).describe('Containers touched at most; default 50.'),
  'max-share': share.prefault('50%').describe("Share of the system's containers touched at most; default 50%."),
  'max-duration': duration.prefault('30m').describe('Planned length of the run at most; default 30m.'),
});

/** Keys at the top of the file, in the order of the reference. */
export function experimentSchema(kinds: Kinds) {
  const condition = conditionOf(kinds, {}, 'condition');
  const scenario = byKindOf('executor', 'executor', kinds.executors, scenarioBase, 'scenario');
  const probe = byKindOf('probe', 'probe', kinds.probes, probeBase, 'probe');
  return z.strictObject({
    title: z.string().min(1).describe('What is rehearsed, in a few words.'),
    description: z.string().optional().describe('What happens and what is expected, for the reports.'),
    system: z.union([systemPath, systemMap]).optional().describe('The system under test: a Compose file, alone or with its environment.'),
    engines: z.record(name, engine).default({}).describe('Engines by name, besides the one that firedrill uses; a target names its own.'),
    targets: z.record(name, targetSelector).default({}).describe('Named selections of containers.'),
    load: z
      .strictObject({
        scenarios: z.record(name, scenario).optional().describe('Streams of load by name.'),
        ...scriptKeys,
        generators: generatorCount.optional(),
        thresholds: thresholds.optional(),
      })
      .optional()
      .describe('The load on the system.'),
    probes: z.record(name, probe).default({}).describe('Probes by name; they look through the whole run.'),
    'steady-state-hypothesis': z.array(condition).default([]).describe('What must be so before anything is broken, and again at the end.'),
    method: z.array(stepOf(kinds)).default([]).describe('Faults and gates on one clock.'),
    objectives: z
      .record(name, objectiveOf(condition).meta({ id: 'objective' }))
      .default({})
      .describe('What the system must do meanwhile; the verdict.'),
    'stop-when': z
      .array(conditionOf(kinds, holding, 'stop-condition'))
      .default([])
      .describe('Undo everything at once when one of these is so.'),
    watch: duration.prefault('30s').describe('How long to go on watching after the last undo at most; default 30s.'),
    limits: limits.prefault({}).describe('How far the experiment may go.'),
    variants: z.record(name, overlay).default({}).describe('Named overlays, chosen with --variant.'),
    comparisons: z
      .record(name, comparison.meta({ id: 'comparison' }))
      .optional()
      .describe('What must be so of the difference between variants (--variants), or from a stored run (--baseline).'),
  });
}
