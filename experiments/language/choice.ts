/**
 * Choices between maps. A plain union answers a mistyped key with every way in which no branch matched; these look at
 * one key first, so that the only complaints are those of the branch that was meant. The JSON Schema is the union's.
 */
import { z } from 'zod';
import { closest, suggest } from './closest.ts';
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

/** What is wrong with the choice itself. `path` leads to the value it is about, `key` names the key of this map that it is about. */
interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly path?: readonly string[];
  readonly key?: string | undefined;
}

function refuse(context: z.RefinementCtx, { code, message, hint, path = [], key }: Refusal): never {
  context.addIssue({ code: 'custom', message, path: [...path], params: { code, hint, key } });
  return z.NEVER;
}

function refuseType(context: z.RefinementCtx, value: unknown): never {
  context.issues.push({ code: 'invalid_type', expected: 'object', input: value, path: [] });
  return z.NEVER;
}

/**
 * The branch whose marker key is there: `{zipf: …}`, `{uniform: …}`. `union` has the same branches; `scalar`, where
 * given, is the branch for anything that is no map.
 */
export function byMarker<Union extends z.ZodType>(what: string, branches: Branches, union: Union, scalar?: z.ZodType) {
  const markers = Object.keys(branches);
  return z.preprocess((value, context) => {
    if (!isMap(value)) return scalar ? tryBranch(scalar, value, context) : refuseType(context, value);
    const found = markers.filter((marker) => Object.hasOwn(value, marker));
    if (found.length > 1) {
      const message = `${what} takes one of ${orList(markers)}, not ${found.join(' and ')} together`;
      return refuse(context, { code: 'ambiguous', message });
    }
    const branch = branches[found[0] ?? ''];
    if (branch !== undefined) return tryBranch(branch, value, context);
    const key = Object.keys(value).find((each) => closest(each, markers) !== undefined);
    const hint = key === undefined ? undefined : `did you mean '${closest(key, markers)}'?`;
    return refuse(context, { code: 'missing-key', message: `${what} needs one of ${orList(markers)}`, hint, key });
  }, union);
}

/** Complaints about the other keys of a map whose kind is mistyped, by the kind that was probably meant. */
function tryNearest(branch: z.ZodType, key: string, value: unknown, context: z.RefinementCtx): void {
  const { error } = branch.safeParse(value, { error: noteForExplaining });
  const others = error?.issues.filter((issue) => issue.path[0] !== key) ?? [];
  if (others.length > 0) context.addIssue({ code: 'custom', message: '', params: { branch: new z.ZodError(others) } });
}

/** The branch that the value of `key` names: `{fault: network-blackout, …}`. `base` are the keys that all branches have, `union` has the same branches. */
export function byKind(key: string, what: string, branches: Branches, base: z.ZodType, union: z.ZodType): z.ZodType {
  const kinds = Object.keys(branches);
  const choose = (value: unknown, context: z.RefinementCtx): unknown => {
    if (!isMap(value)) return refuseType(context, value);
    const kind = value[key];
    if (kind === undefined) {
      tryNearest(base, key, value, context);
      return refuse(context, { code: 'missing-key', message: `missing key '${key}'`, hint: `one of: ${kinds.join(', ')}` });
    }
    const branch = typeof kind === 'string' && Object.hasOwn(branches, kind) ? branches[kind] : undefined;
    if (branch !== undefined) return tryBranch(branch, value, context);
    tryNearest(branches[closest(String(kind), kinds) ?? ''] ?? base, key, value, context);
    const hint = suggest(String(kind), kinds);
    return refuse(context, { code: 'unknown-kind', message: `there is no ${what} '${String(kind)}'`, hint, path: [key] });
  };
  return z.preprocess(choose, union);
}
