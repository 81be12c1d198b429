/**
 * The small words of the format: names, shares and plain text. Error messages of schemas read `what is wrong; what to
 * write`; where they begin with `is`, the value as it was written is put before them.
 */
import { z } from 'zod';

/** Names of targets, faults, probes, objectives, scenarios and variants. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, { error: 'is not a name; use letters, digits, - _ and ., beginning with a letter or digit' });

const NOT_A_SHARE = 'is not a share; write a percentage from 0% to 100%, like 12%';

/** A share of something: `12%` in the file, 0.12 inside. */
export const share = z
  .string({ error: NOT_A_SHARE })
  .regex(/^(\d{1,2}(\.\d+)?|100(\.0+)?)%$/, { error: NOT_A_SHARE })
  .transform((text) => Number.parseFloat(text) / 100)
  .meta({ id: 'share', description: 'A share in percent: 12%.' });

/** Text, or a number or boolean that stands for its text: ports, versions and switches need no quotes. */
export const text = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .meta({ id: 'text', description: 'Text; a number or boolean stands for its text.' });

const references = z.registry<{ readonly names: 'target' }>();

/** A setting of a kind that names one of the experiment's targets: its schema, so that the language can check the name. */
export const targetName = z.string().describe('The name of a target.');
references.add(targetName, { names: 'target' });

/** True where a schema, optional or not, is `targetName`. */
export function namesTarget(schema: z.core.$ZodType): boolean {
  if (references.get(schema)?.names === 'target') return true;
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? namesTarget(schema.def.innerType) : false;
}
