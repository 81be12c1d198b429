/** Turns what databases, headers and commands answer into the value of a reading, so that `"42"` can be compared with 42. */
export type ReadingValue = number | string | boolean | null;

/** A longer text is cut, so that a chatty answer cannot swell the journal. */
export const VALUE_CHARACTERS_MAX = 16_384;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** A number where the text is one that a double holds (whole numbers exactly), else the text itself, cut at the limit. */
export function textValue(text: string): number | string {
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  const exact = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
  return exact ? number : text.slice(0, VALUE_CHARACTERS_MAX);
}

/** Any answer as a value: numeric texts become numbers, dates ISO text, lists and objects JSON text, nothing null. */
export function toValue(answer: unknown): ReadingValue {
  if (answer === null || answer === undefined) return null;
  if (typeof answer === 'boolean') return answer;
  if (typeof answer === 'number') return Number.isFinite(answer) ? answer : String(answer);
  if (typeof answer === 'string') return textValue(answer);
  if (typeof answer === 'bigint') return textValue(answer.toString());
  if (answer instanceof Date) return answer.toISOString();
  return JSON.stringify(answer).slice(0, VALUE_CHARACTERS_MAX);
}
