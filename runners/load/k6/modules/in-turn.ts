/** Functions of a script that one of ours calls: they may block, and then give a promise that has to be waited for before the next is called. */

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** What the calls gave, one after the other; a promise of it only where a call gave one, so that calls which do not block need no await. */
export function inTurn<Item>(items: readonly Item[], call: (item: Item, index: number) => unknown): unknown[] | Promise<unknown[]> {
  const given: unknown[] = [];
  for (const [index, item] of items.entries()) {
    const value = call(item, index);
    if (isPromise(value)) return restInTurn(items, call, given, value);
    given.push(value);
  }
  return given;
}

/** `then` on what the calls gave, at once or later. */
export function afterTurns<Result>(
  given: unknown[] | Promise<unknown[]>,
  then: (values: readonly unknown[]) => Result,
): Result | Promise<Result> {
  return Array.isArray(given) ? then(given) : given.then(then);
}

async function restInTurn<Item>(
  items: readonly Item[],
  call: (item: Item, index: number) => unknown,
  before: readonly unknown[],
  first: PromiseLike<unknown>,
): Promise<unknown[]> {
  const given: unknown[] = [...before, await first];
  for (const [index, item] of items.entries()) if (index >= given.length) given.push(await call(item, index));
  return given;
}
