/** The JSON Schema of the format, by which editors complete and check experiment files as they are written. */
import { z } from 'zod';
import type { Kinds } from './kind.ts';
import { experimentSchema } from './schema.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Text with a variable in it, which stands for any value until the environment is known. */
const VARIABLE_PATTERN = '\\$\\{';

/** Values may come from the environment: a number may be `${RATE}`, and a pattern must let it pass. Bounds of whole numbers that only say "a safe integer" go. */
function allowVariables(schema: JsonSchema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.type === 'string' && schema.pattern !== undefined) schema.pattern = `(?:${schema.pattern})|${VARIABLE_PATTERN}`;
  if (schema.type === 'string') delete schema.format;
  if (schema.type !== 'number' && schema.type !== 'integer' && schema.type !== 'boolean') return;
  Object.assign(schema, { type: [schema.type, 'string'], pattern: VARIABLE_PATTERN });
}

/** The JSON Schema (draft 7, which every YAML editor knows) of experiment files. */
export function experimentJsonSchema(kinds: Kinds): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(experimentSchema(kinds), {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ jsonSchema, path }) => {
      if (path.at(-1) !== 'propertyNames') allowVariables(jsonSchema);
    },
  });
  return {
    ...schema,
    title: 'firedrill experiment',
    description: 'An outage to rehearse: what is broken, what is watched, and what must hold.',
  };
}
