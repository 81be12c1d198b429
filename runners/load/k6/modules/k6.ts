/** The module `k6` itself: check, fail, group, randomSeed, sleep. */
import type { ScriptHost, Tags } from '../host.ts';
import { isPromise } from './in-turn.ts';
import { tagsOf } from './tags.ts';

/** Stands between the names of nested groups. */
export const GROUP_SEPARATOR = '::';

type K6Host = Pick<ScriptHost, 'inInit' | 'tags' | 'sample' | 'sleep' | 'randomSeed' | 'facts'>;

function nameOf(what: string, name: unknown): string {
  const text = String(name);
  if (text.includes(GROUP_SEPARATOR)) throw new Error(`${what} names may not contain '${GROUP_SEPARATOR}': '${text}'`);
  return text;
}

function refuseInit(host: K6Host, call: string): void {
  if (host.inInit) throw new Error(`Using ${call}() in the init context is not supported`);
}

type Condition = readonly [name: string, condition: unknown];

/** Checks whose tags are remembered; equal ones are mostly the same object, so that a host may remember what it made of them. */
const CHECKS_MAX = 1000;
const checkTags = new Map<string, Tags>();

function tagsOfCheck(name: string): Tags {
  const known = checkTags.get(name);
  if (known) return known;
  if (checkTags.size >= CHECKS_MAX) checkTags.clear();
  const made = Object.freeze({ check: name });
  checkTags.set(name, made);
  return made;
}

function record(host: K6Host, name: string, passed: boolean, tags: Tags | undefined): void {
  host.sample('checks', passed ? 1 : 0, tags ? { ...tags, check: name } : tagsOfCheck(name));
}

function resultOf(host: K6Host, name: string, condition: unknown, value: unknown, tags: Tags | undefined): unknown {
  if (typeof condition !== 'function') return condition;
  try {
    return condition(value);
  } catch (error) {
    record(host, name, false, tags);
    throw error;
  }
}

/** Goes on from a condition that has yet to answer. */
async function checkRest(
  host: K6Host,
  first: PromiseLike<unknown>,
  conditions: readonly Condition[],
  value: unknown,
  tags: Tags | undefined,
  passedBefore: boolean,
): Promise<boolean> {
  let all = passedBefore;
  for (const [index, [name, condition]] of conditions.entries()) {
    let passed = false;
    try {
      passed = Boolean(index === 0 ? await first : typeof condition === 'function' ? await condition(value) : condition);
    } finally {
      record(host, name, passed, tags);
    }
    all = passed && all;
  }
  return all;
}

async function leaveAfter(result: PromiseLike<unknown>, leave: () => void): Promise<unknown> {
  try {
    return await result;
  } finally {
    leave();
  }
}

export function k6Module(host: K6Host) {
  /**
   * True where all passed. A condition that throws has failed, and its error goes on. A promise comes back only where a
   * condition gives one, so that a check without blocking calls needs no await.
   */
  const check = (value: unknown, sets: unknown, tags?: unknown): boolean | Promise<boolean> => {
    refuseInit(host, 'check');
    if (typeof sets !== 'object' || sets === null) throw new Error('check() needs a map of names to conditions as its second argument');
    const more = tags === undefined || tags === null ? undefined : tagsOf(tags);
    const conditions: readonly Condition[] = Object.entries(sets);
    // By index, and not taken apart by patterns: QuickJS takes a µs for each iterator.
    for (let index = 0; index < conditions.length; index += 1) nameOf('check', conditions[index]?.[0]);
    let all = true;
    for (let index = 0; index < conditions.length; index += 1) {
      const name = conditions[index]?.[0] ?? '';
      const result = resultOf(host, name, conditions[index]?.[1], value, more);
      if (isPromise(result)) return checkRest(host, result, conditions.slice(index), value, more, all);
      record(host, name, Boolean(result), more);
      all = Boolean(result) && all;
    }
    return all;
  };

  const group = (name: unknown, body: unknown): unknown => {
    refuseInit(host, 'group');
    if (typeof body !== 'function') throw new Error('group() needs a function as its second argument');
    const before = host.tags['group'];
    host.tags['group'] = `${before ?? ''}${GROUP_SEPARATOR}${nameOf('group', name)}`;
    const startMs = host.facts.testMs;
    const leave = (): void => {
      host.sample('group_duration', host.facts.testMs - startMs);
      if (before === undefined) delete host.tags['group'];
      else host.tags['group'] = before;
    };
    let result: unknown;
    try {
      result = body();
    } catch (error) {
      leave();
      throw error;
    }
    if (isPromise(result)) return leaveAfter(result, leave);
    leave();
    return result;
  };

  return {
    check,
    group,
    fail: (reason?: unknown): never => {
      throw new Error(reason === undefined ? '' : String(reason));
    },
    randomSeed: (seed: unknown): void => {
      const number = Number(seed);
      if (!Number.isFinite(number)) throw new Error(`randomSeed() needs a number, not '${String(seed)}'`);
      host.randomSeed(Math.trunc(number));
    },
    sleep: async (seconds: unknown): Promise<void> => {
      refuseInit(host, 'sleep');
      const amount = Number(seconds);
      if (seconds === undefined || Number.isNaN(amount)) throw new Error(`sleep() needs a number of seconds, not '${String(seconds)}'`);
      await host.sleep(Math.max(0, amount * 1000));
    },
  };
}
