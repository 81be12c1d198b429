/** Where the values come from that `${name}` stands for in the requests of a scenario. */
import { z } from 'zod';
import { byMarker } from './choice.ts';
import { text } from './names.ts';

const items = z.int().min(1).max(1_000_000).describe('How many values there are.');
const prefix = z.string().default('').describe('Put before the number.');

const pick = z
  .enum(['random', 'sequence', 'unique'])
  .optional()
  .describe('Which one an iteration gets: any, the next, or one for each virtual user; default random.');

const generators = {
  zipf: z.strictObject({ zipf: z.strictObject({ items, exponent: z.number().min(0).default(1), prefix }) }),
  uniform: z.strictObject({ uniform: z.strictObject({ items, prefix }) }),
  values: z.strictObject({ values: z.array(text).min(1), pick }),
  csv: z.strictObject({ csv: z.string().min(1).describe(`A CSV file; its first line names the columns, for \${name.column}.`), pick }),
  json: z.strictObject({
    json: z.string().min(1).describe(`A JSON file that is a list, for \${name}; or for \${name.key} where it is one of maps.`),
    pick,
  }),
};

const description = `Values for \${name} in requests: {zipf: {items}}, {uniform: {items}}, {values: […]}, {csv: file} or {json: file}; seeded.`;

/** `zipf` draws rank r with probability ∝ 1/r^exponent, `uniform` evenly. Values are `prefix` + 1…items. */
export const generator = byMarker('data', generators, z.union(Object.values(generators)).meta({ id: 'data', description }));
export type DataGenerator = z.output<typeof generator>;
