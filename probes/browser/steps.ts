/** The steps of a journey: what a visitor does, and what has to be seen then. One schema gives the check, the type and the editor's help. */
import { z } from 'zod';
import { byMarker } from '../../experiments/language/choice.ts';
import { duration } from '../../experiments/language/duration.ts';

export const STEPS_MAX = 50;
const TEXT_CHARACTERS_MAX = 4096;
const PLAYS_MS = 3000;
const STILL_MS = 2000;

const selector = z.string().min(1).max(TEXT_CHARACTERS_MAX);
const text = z.coerce.string().max(TEXT_CHARACTERS_MAX);

/** Whether a text compiles as an expression; nothing of it runs here. */
function isExpression(source: string): boolean {
  try {
    new Function(`return (${source}\n);`);
    return true;
  } catch {
    return false;
  }
}

const branches = {
  open: z.strictObject({
    open: z
      .url({ protocol: /^https?$/, error: 'is not an http:// or https:// address' })
      .describe('Opens an address and waits for its load event.'),
  }),
  click: z.strictObject({ click: selector.describe('Clicks an element once it can be clicked.') }),
  fill: z.strictObject({
    fill: z.strictObject({ selector, text }).describe('Writes a text into a field. The field is covered in screenshots.'),
  }),
  select: z.strictObject({
    select: z.strictObject({ selector, option: text }).describe('Chooses an option of a list, by its value or its label.'),
  }),
  expect: z.strictObject({
    expect: z
      .strictObject({ selector, text: text.optional().describe('Its whole text, blanks around it aside.') })
      .describe('Waits until an element is visible, with this text where one is given.'),
  }),
  plays: z.strictObject({
    plays: z
      .strictObject({
        selector: selector.default('video'),
        for: duration.default({ ms: PLAYS_MS }).describe('How much of it has to play; default 3s.'),
        still: duration.default({ ms: STILL_MS }).describe('How long it may stand still once it plays; default 2s.'),
      })
      .describe('Waits until a video has played for a while: its currentTime goes on.'),
  }),
  until: z.strictObject({
    until: z
      .string()
      .min(1)
      .max(TEXT_CHARACTERS_MAX)
      .refine(isExpression, { error: 'is not an expression of JavaScript' })
      .describe('A short script: an expression that the page is asked again and again, until it is true.'),
  }),
  wait: z.strictObject({ wait: duration.describe('Does nothing for a while.') }),
} as const;

/** One step; its key says what it does. */
export const step = byMarker(
  'a step',
  branches,
  z
    .union([branches.open, branches.click, branches.fill, branches.select, branches.expect, branches.plays, branches.until, branches.wait])
    .meta({ id: 'journey-step', description: `One step of a journey: ${Object.keys(branches).join(', ')}.` }),
);
export type Step = z.output<typeof step>;

/** A step in a few words, without anything that was typed into a field. */
export function stepWords(step: Step): string {
  if ('open' in step) return `open ${new URL(step.open).pathname}`;
  if ('click' in step) return `click ${step.click}`;
  if ('fill' in step) return `fill ${step.fill.selector}`;
  if ('select' in step) return `select ${step.select.option} in ${step.select.selector}`;
  if ('expect' in step) return `expect ${step.expect.selector}${step.expect.text === undefined ? '' : ` to say '${step.expect.text}'`}`;
  if ('plays' in step) return `${step.plays.selector} plays`;
  return 'until' in step ? `until ${step.until}` : 'wait';
}
