/** What is checked of a single answer, and what is taken out of it for later requests. */
import { z } from 'zod';
import { duration } from './duration.ts';
import { compileJsonPath } from './json-path.ts';
import { name, text } from './names.ts';
import { pattern } from './pattern.ts';

export const jsonPath = z
  .string()
  .refine((written) => compileJsonPath(written) !== undefined, { error: 'is not a JSONPath; write it like $.items[0].id' });

const NOT_A_STATUS = 'is not a status; write 200, 2xx or a list of them';
const oneStatus = z.union([z.int({ error: NOT_A_STATUS }).min(100).max(599), z.string().regex(/^[1-5]xx$/, { error: NOT_A_STATUS })], {
  error: NOT_A_STATUS,
});
const status = z
  .union([oneStatus, z.array(oneStatus).min(1)], { error: NOT_A_STATUS })
  .meta({ id: 'status', description: 'A status, a class of them (2xx), or a list of these.' });

/** Each line given must hold. Counted as k6's `checks{check:name}`. */
export const answerCheck = z
  .strictObject({
    status: status.optional().describe('The status it must have: 200, 2xx, or a list.'),
    header: z.string().min(1).optional().describe('A header that must be there.'),
    json: jsonPath.optional().describe('A value that the JSON body must have, by JSONPath (RFC 9535).'),
    equals: text.optional().describe('What the header, or the value, must be.'),
    matches: pattern.optional().describe('A regular expression that the header, or the value, must match.'),
    'body-contains': z.string().optional().describe('Text that the body must contain.'),
    'body-matches': pattern.optional().describe('A regular expression that the body must match.'),
    'duration-below': duration.optional().describe('The answer must be complete sooner than this after the request was sent.'),
  })
  .refine(({ header, json }) => header === undefined || json === undefined, {
    error: 'takes a header or a json path, not both; write two checks',
  })
  .refine(({ header, json, equals, matches }) => (equals === undefined && matches === undefined) || (header ?? json) !== undefined, {
    error: 'has equals or matches, but not of what; add header: or json:',
  })
  .refine((check) => Object.keys(check).length > 0, { error: 'is a check of nothing; add status: 200' })
  .meta({ id: 'answer-check', description: 'What is checked of an answer; each line given must hold.' });
export type AnswerCheck = z.output<typeof answerCheck>;

/** Where a value is taken from; with a regex, its first group, or all that it matches. */
export const extraction = z
  .strictObject({
    json: jsonPath.optional().describe('The first value that a JSONPath selects in the body.'),
    header: z.string().min(1).optional().describe('The value of a header.'),
    regex: pattern.optional().describe('A regular expression, on the header or the value where one is named, else on the body.'),
  })
  .refine(({ json, header }) => json === undefined || header === undefined, { error: 'takes a header or a json path, not both' })
  .refine((given) => Object.keys(given).length > 0, { error: 'is taken from nothing; add json: $.id, header: Location or regex: …' })
  .meta({ id: 'extraction', description: 'Where a value is taken from an answer.' });
export type Extraction = z.output<typeof extraction>;

/** Values by the name that later steps use: `${token}`. */
export const extract = z.record(name, extraction);

/** How the check is called that an extraction worked. */
export function extractionCheck(name: string): string {
  return `extract.${name}`;
}
