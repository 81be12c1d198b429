/** Checks of single answers, counted by name as k6's `checks{check:name}`. A request without an answer fails all of its checks. */
import type { Request } from '../../../experiments/language/experiment.ts';
import type { Answer } from '../transport/engine.ts';

/** The parts of an answer that checks look at. */
export type CheckedAnswer = Pick<Answer, 'status' | 'headers' | 'body'>;

export interface AnswerCheck {
  readonly name: string;
  readonly needsBody: boolean;
  passes(answer: CheckedAnswer): boolean;
}

/** Each line given must hold; `header` without `equals` asks that it is there. */
export function prepareChecks(checks: Request['checks']): readonly AnswerCheck[] {
  return Object.entries(checks).map(([name, { status, header, equals, 'body-contains': contains }]) => {
    const field = header?.toLowerCase();
    return {
      name,
      needsBody: contains !== undefined,
      passes(answer) {
        if (status !== undefined && answer.status !== status) return false;
        if (field !== undefined) {
          const value = headerValue(answer.headers, field);
          if (value === undefined || (equals !== undefined && value !== equals)) return false;
        }
        return contains === undefined || (answer.body?.includes(contains) ?? false);
      },
    };
  });
}

function headerValue(headers: readonly string[], lowerCaseName: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === lowerCaseName) return headers[index + 1];
  }
  return undefined;
}
