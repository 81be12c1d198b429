/** An answer as checks and extractions look at it: its body decoded and parsed once, when it is first asked for. */
import { BODY_TOO_LARGE, type Decoded, decodeBody } from '../transport/decode.ts';
import type { Answer } from '../transport/engine.ts';

export type ViewedAnswer = Pick<Answer, 'status' | 'headers' | 'body' | 'bodyBytes'>;

export class AnswerView {
  readonly status: number;
  /** From the sending of the request to the end of the answer. */
  readonly durationMs: number;
  readonly #answer: ViewedAnswer;
  #decoded: Decoded | undefined;
  #text: string | undefined;
  #json: { readonly value: unknown } | undefined;

  constructor(answer: ViewedAnswer, durationMs: number) {
    this.status = answer.status;
    this.durationMs = durationMs;
    this.#answer = answer;
  }

  /** The first value of a header; the name in lower case. */
  header(lowerCaseName: string): string | undefined {
    const { headers } = this.#answer;
    for (let index = 0; index < headers.length; index += 2) {
      if (headers[index]?.toLowerCase() === lowerCaseName) return headers[index + 1];
    }
    return undefined;
  }

  /** All values of a header. */
  headers(lowerCaseName: string): readonly string[] {
    return this.#answer.headers.filter((_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === lowerCaseName);
  }

  /** False where the body was too large to be kept, or decoded, whole: that is our limit, and says nothing of the target. */
  get whole(): boolean {
    const { body, bodyBytes } = this.#answer;
    return (body?.length ?? 0) >= bodyBytes && this.#decode().failure?.code !== BODY_TOO_LARGE;
  }

  /** Empty where it cannot be decoded. */
  get text(): string {
    this.#text ??= this.#decode().body?.toString('utf8') ?? '';
    return this.#text;
  }

  /** Undefined where the body is no JSON. */
  get json(): unknown {
    if (!this.#json) this.#json = { value: parseJson(this.text) };
    return this.#json.value;
  }

  #decode(): Decoded {
    this.#decoded ??= decodeBody(this.#answer);
    return this.#decoded;
  }
}

/** What a look at an answer finds; `otherwise` where it cannot be looked at, because its JSON is nested deeper than the stack. */
export function lookAt<Found>(look: () => Found, otherwise: Found): Found {
  try {
    return look();
  } catch (error) {
    if (error instanceof RangeError) return otherwise;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
