/** What a button does: a feature flag flipped, a deploy triggered, a maintenance mode switched on, by an HTTP call and its counterpart. */
import { z } from 'zod';
import { duration } from '../../experiments/language/duration.ts';
import type { Call } from '../agent/application/call-shape.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const TIMEOUT_MS_MAX = 8_000;
const BODY_CHARACTERS_MAX = 64 * 1024;

const keys = (method: 'GET' | 'POST') => ({
  url: z
    .url({ protocol: /^https?$/, error: 'is not an http or https URL' })
    .describe('As the container finds it: names by its own name servers.'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default(method).describe('The method.'),
  headers: z.record(z.string().min(1), z.string()).default({}).describe('Headers; tokens best as secrets of the environment.'),
  body: z.string().max(BODY_CHARACTERS_MAX).optional().describe('The body, as it is sent.'),
  expect: z.array(z.int().min(100).max(599)).max(20).default([]).describe('Statuses that count as done; without it, 200 to 299.'),
  timeout: duration
    .refine(({ ms }) => ms > 0 && ms <= TIMEOUT_MS_MAX, { error: 'is out of range; a timeout is 8s at most' })
    .default({ ms: 5_000 })
    .describe('How long an answer is waited for; 8s at most.'),
});

const settings = z.strictObject({
  ...keys('POST'),
  undo: z
    .strictObject(keys('POST'))
    .optional()
    .describe('The call that undoes it. It may come more than once. Without it the step needs `consent: not-undone`.'),
  prove: z
    .strictObject({ ...keys('GET'), says: z.string().min(1).optional().describe('Text that the answer has while the effect is there.') })
    .optional()
    .describe('A call that shows the effect, and shows when it is gone. Without it the answer to the call itself is the proof.'),
});

export const httpCall = defineFault({
  name: 'http-call',
  summary: 'Makes an HTTP call from inside each target, and another to undo it: flips a flag, triggers a deploy.',
  provenBy: 'a third call that sees the effect; without one, the answer to the call itself',
  settings,
  looks: { label: 'called', colour: '#0e6655', lane: 'application' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, { targets }) {
    const { undo, prove } = asked;
    return {
      operations: targets.map((target) => ({
        op: 'call',
        container: reference(target),
        call: callOf(asked),
        ...(undo === undefined ? {} : { undo: callOf(undo) }),
        ...(prove === undefined ? {} : { prove: { ...callOf(prove), ...(prove.says === undefined ? {} : { says: prove.says }) } }),
      })),
      effects: targets.map(
        (target) =>
          `${target.name}: ${asked.method} ${asked.url}, undone by ${undo === undefined ? 'nobody' : `${undo.method} ${undo.url}`}`,
      ),
      undoneBy: undo === undefined ? 'none' : 'agent',
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { status: 'most', answerMs: 'most' }),
});

function callOf({ url, method, headers, body, expect, timeout }: Omit<z.output<typeof settings>, 'undo' | 'prove'>): Call {
  return { url, method, headers, expect, timeoutMs: timeout.ms, ...(body === undefined ? {} : { body }) };
}
