/** JSONPath as RFC 9535 has it: `$.items[0].id`, compiled once. */
import { JSONPathRecursionLimitError, jsonpath } from 'json-p3';

/** All values that a path selects in a document, in its order; none where a path with `..` would have to go deeper than 50 levels. */
export type JsonPath = (document: unknown) => readonly unknown[];

/** Undefined where the text is no path. */
export function compileJsonPath(text: string): JsonPath | undefined {
  try {
    const query = jsonpath.compile(text);
    return (document) => (isJson(document) ? selected(query, document) : []);
  } catch {
    return undefined;
  }
}

type Query = ReturnType<typeof jsonpath.compile>;
type Json = Parameters<Query['query']>[0];

function isJson(value: unknown): value is Json {
  return value !== undefined;
}

function selected(query: Query, document: Json): readonly unknown[] {
  try {
    return query.query(document).values();
  } catch (error) {
    if (error instanceof JSONPathRecursionLimitError) return [];
    throw error;
  }
}
