/** Values taken out of an answer, for the requests that come after it. */
import { extractionCheck } from '../../../experiments/language/answer-check.ts';
import type { Extraction as WrittenExtraction } from '../../../experiments/language/experiment.ts';
import { compileJsonPath } from '../../../experiments/language/json-path.ts';
import { type AnswerView, lookAt } from './answer-view.ts';
import { textOf } from './checks.ts';

export interface Extraction {
  readonly name: string;
  /** Under which it is counted whether there was a value. */
  readonly check: string;
  readonly needsBody: boolean;
  /** Undefined where the answer has no such value. */
  take(answer: AnswerView): string | undefined;
}

export function prepareExtracts(extracts: Readonly<Record<string, WrittenExtraction>> = {}): readonly Extraction[] {
  return Object.entries(extracts).map(([name, written]) => ({
    name,
    check: extractionCheck(name),
    needsBody: written.header === undefined,
    take: takerOf(written),
  }));
}

function takerOf({ json, header, regex }: WrittenExtraction): Extraction['take'] {
  const path = json === undefined ? undefined : compileJsonPath(json);
  const field = header?.toLowerCase();
  const pattern = regex === undefined ? undefined : new RegExp(regex);
  const source = (answer: AnswerView): string | undefined => {
    if (field !== undefined) return answer.header(field);
    if (!path) return answer.text;
    const [value] = path(answer.json);
    return value === undefined || value === null ? undefined : textOf(value);
  };
  return (answer) => {
    const text = lookAt(() => source(answer), undefined);
    if (!pattern || text === undefined) return text;
    const match = pattern.exec(text);
    return match ? (match[1] ?? match[0]) : undefined;
  };
}
