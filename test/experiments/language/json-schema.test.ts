// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of experiments are written like this
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { experimentJsonSchema } from '../../../experiments/language/json-schema.ts';
import type { Kinds } from '../../../experiments/language/kind.ts';
import { experimentSchema } from '../../../experiments/language/schema.ts';
import { fixtureKinds } from './fixture-kinds.ts';

type Json = Record<string, unknown>;

const schema: Json = experimentJsonSchema(fixtureKinds);

/** Every map within a value, with its path. */
function* mapsIn(value: unknown, path: string): Generator<readonly [string, Json]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [path, value as Json];
  for (const [key, inner] of Object.entries(value)) yield* mapsIn(inner, `${path}/${key}`);
}

/** Whether an editor would accept a file, by the JSON Schema alone. */
const accepts = (text: string): boolean => z.fromJSONSchema(schema as never).safeParse(parseYaml(text)).success;

describe('the JSON Schema', () => {
  test("accepts design's example", () => {
    assert.ok(accepts(readFileSync(new URL('../../fixtures/experiments/design-example.yaml', import.meta.url), 'utf8')));
  });

  test('has every kind of fault, probe and executor, probes inline too', () => {
    const definitions = schema['definitions'] as Record<string, Json>;
    for (const { name } of fixtureKinds.faults) assert.ok(definitions[`fault-${name}`], name);
    for (const { name } of fixtureKinds.executors) assert.ok(definitions[`scenario-${name}`], name);
    for (const { name } of fixtureKinds.probes) {
      for (const place of ['probe', 'condition-probe', 'stop-condition-probe'])
        assert.ok(definitions[`${place}-${name}`], `${place}-${name}`);
    }
  });

  test('refuses an unknown key in every map that has known ones', () => {
    const open = [...mapsIn(schema, '')].filter(
      ([, each]) => each['type'] === 'object' && each['properties'] && each['additionalProperties'] !== false,
    );
    assert.deepEqual(
      open.map(([path]) => path),
      [],
    );
  });

  test('refers to nothing that is not there', () => {
    const definitions = schema['definitions'] as Json;
    const references = [...mapsIn(schema, '')].flatMap(([, each]) => (typeof each['$ref'] === 'string' ? [each['$ref']] : []));
    assert.ok(references.length > 50);
    for (const reference of references) assert.ok(definitions[reference.replace('#/definitions/', '')], reference);
  });

  test('refuses what the language refuses by shape', () => {
    const before = 'title: x\ntargets: {a: {service: a}}\n';
    assert.ok(accepts(`${before}method: [{at: 1s, fault: noop, target: a}]`));
    assert.ok(!accepts(`${before}method: [{at: 1s, fault: noop, target: a, delay: 3s}]`));
    assert.ok(!accepts(`${before}method: [{at: 1, fault: noop, target: a}]`));
    assert.ok(!accepts(`${before}method: [{at: 1s, fault: nope, target: a}]`));
    assert.ok(!accepts(`${before}objectives: {o: {after: {within: 3s}}}`));
    assert.ok(accepts(`${before}objectives: {o: {after: {within: 3s, condition: {probe: noop, tolerance: 1}}}}`));
    assert.ok(!accepts('targets: {}'));
  });

  test('lets variables stand where numbers and patterns are wanted', () => {
    assert.ok(accepts('title: x\nwatch: "${WATCH}"\nlimits: {max-targets: "${MANY:-3}", max-share: "${SHARE}"}'));
    assert.ok(!accepts('title: x\nlimits: {max-targets: many}'));
  });

  test('gives defaults as they are written', () => {
    const { watch, limits } = schema['properties'] as Record<string, Json>;
    assert.equal(watch?.['default'], '30s');
    const { 'max-share': share } = (limits as Json)['properties'] as Record<string, Json>;
    assert.equal(share?.['default'], '50%');
  });
});

describe('kinds that cannot stand beside each other are refused', () => {
  const withFault = (name: string, settings: z.ZodObject): Kinds => ({
    ...fixtureKinds,
    faults: [...fixtureKinds.faults, { name, summary: '', settings }],
  });

  test('a setting that every step has', () => {
    const kinds = withFault('late', z.strictObject({ at: z.string(), duration: z.string() }));
    assert.throws(() => experimentSchema(kinds), /fault 'late' claims 'at', 'duration', which every fault has/);
  });

  test('a name that is taken', () => {
    assert.throws(() => experimentSchema(withFault('noop', z.strictObject({}))), /two kinds of fault are called 'noop'/);
  });

  test('while a name of their own is welcome', () => {
    assert.ok(experimentSchema(withFault('late', z.strictObject({ by: z.string() }))));
  });
});
