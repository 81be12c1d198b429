/**
 * Choices between maps. A plain union answers a mistyped key with every way in which no branch matched; these look at
 * one key first, so that the only complaints are those of the branch that was meant. The JSON Schema is the union's.
 */
import { z } from 'zod';
import { suggest } from './closest.ts';
import { noteForExplaining } from './explain.ts';

type Branches = Readonly<Record<string, z.ZodType>>;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Checks a value by one branch, and hands on that branch's error for `explain.ts` to unpack. */
function tryBranch(branch: z.ZodType, value: unknown, context: z.RefinementCtx): unknown {
  const { error } = branch.safeParse(value, { error: noteForExplaining });
  if (!error) return value;
  context.addIssue({ code: 'custom', message: error.message, params: { branch: error } });
  return z.NEVER;
}

function refuse(
  context: z.RefinementCtx,
  issue: { code: string; message: string; hint?: string | undefined; path?: (string | number)[] },
): never {
  context.addIssue({ code: 'custom', message: issue.message, path: issue.path ?? [], params: { code: issue.code, hint: issue.hint } });
  return z.NEVER;
}

/**
 * The branch whose marker key is there: `{zipf: …}`, `{uniform: …}`. `union` has the same branches; `scalar`, where
 * given, is the branch for anything that is no map.
 */
export function byMarker<Union extends z.ZodType>(what: string, branches: Branches, union: Union, scalar?: z.ZodType) {
  const markers = Object.keys(branches);
  return z.preprocess((value, context) => {
    if (!isMap(value)) {
      if (scalar) return tryBranch(scalar, value, context);
      context.issues.push({ code: 'invalid_type', expected: 'object', input: value, path: [] });
      return z.NEVER;
    }
    const found = markers.filter((marker) => Object.hasOwn(value, marker));
    const [first] = found;
    const branch = first === undefined ? undefined : branches[first];
    if (found.length > 1) {
      return refuse(context, {
        code: 'ambiguous',
        message: `${what} takes one of ${orList(markers)}, not ${found.join(' and ')} together`,
      });
    }
    if (branch === undefined) {
      const near = Object.keys(value).flatMap((key) => (suggest(key, markers)?.startsWith('did') ? [suggest(key, markers)] : []));
      return refuse(context, { code: 'missing-key', message: `${what} needs one of ${orList(markers)}`, hint: near[0] });
    }
    return tryBranch(branch, value, context);
  }, union);
}

/** The branch that the value of `key` names: `{fault: network-blackout, …}`. */
export function byKind(key: string, what: string, branches: Branches): z.ZodType {
  const kinds = Object.keys(branches);
  return z.preprocess(
    (value, context) => {
      if (!isMap(value)) {
        context.issues.push({ code: 'invalid_type', expected: 'object', input: value, path: [] });
        return z.NEVER;
      }
      const kind = value[key];
      if (kind === undefined)
        return refuse(context, { code: 'missing-key', message: `missing key '${key}'`, hint: `one of: ${kinds.join(', ')}` });
      const branch = typeof kind === 'string' && Object.hasOwn(branches, kind) ? branches[kind] : undefined;
      if (branch === undefined) {
        return refuse(context, {
          code: 'unknown-kind',
          message: `there is no ${what} '${String(kind)}'`,
          hint: suggest(String(kind), kinds),
          path: [key],
        });
      }
      return tryBranch(branch, value, context);
    },
    z.union(Object.values(branches)),
  );
}
