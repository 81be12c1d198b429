/** JSONPath as RFC 9535 has it: `$.items[0].id`, compiled once. */
import { jsonpath } from 'json-p3';

/** All values that a path selects in a document, in its order. */
export type JsonPath = (document: unknown) => readonly unknown[];

/** Undefined where the text is no path. */
export function compileJsonPath(text: string): JsonPath | undefined {
  try {
    const query = jsonpath.compile(text);
    return (document) => (isJson(document) ? query.query(document).values() : []);
  } catch {
    return undefined;
  }
}

type Json = Parameters<ReturnType<typeof jsonpath.compile>['query']>[0];

function isJson(value: unknown): value is Json {
  return value !== undefined;
}
