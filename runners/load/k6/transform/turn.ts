/**
 * The last guard of the rewriting: a virtual user whose blocking call is under way does nothing else, so a second one at
 * the same time proves that an await is missing. It stands before the blocking functions of scripts that do nothing
 * asynchronous of their own; one a virtual user.
 */
import { EXIT, FiredrillError } from '../../../failure.ts';
import { moduleOf } from '../surface.ts';

type Exports = Readonly<Record<string, unknown>>;

export class Turn {
  #held: string | undefined;

  /** Throws `await-missing`. `call` names the call, for the message: `k6/http get`. */
  begin(call: string): void {
    if (this.#held !== undefined) {
      throw new FiredrillError('await-missing', `${call} was called while ${this.#held} was still waiting.`, {
        hint: 'This is a mistake of ours in making the script async. Write the call that is passed over in a plain function, and report it.',
        exitCode: EXIT.bug,
      });
    }
    this.#held = call;
  }

  end(): void {
    this.#held = undefined;
  }
}

/** The same modules, with this turn before each blocking function. Each is wrapped when it is first asked for. */
export function takingTurns(modules: Exports, turn: Turn): Exports {
  const wrapped = new Map<string, unknown>();
  return new Proxy(modules, {
    get(target, name) {
      if (typeof name !== 'string') return undefined;
      if (!wrapped.has(name)) wrapped.set(name, wrapModule(name, target[name], turn));
      return wrapped.get(name);
    },
  });
}

function wrapModule(name: string, exports: unknown, turn: Turn): unknown {
  const module = moduleOf(name);
  if (typeof exports !== 'object' || exports === null || !('exports' in module)) return exports;
  if (!Object.values(module.exports).includes('blocking')) return exports;
  const guarded: Record<string, unknown> = { ...exports };
  for (const [each, conduct] of Object.entries(module.exports)) {
    const call: unknown = guarded[each];
    if (conduct === 'blocking' && typeof call === 'function') guarded[each] = inTurn(turn, `${name} ${each}`, call);
  }
  return Object.assign(guarded, { default: guarded });
}

function inTurn(turn: Turn, name: string, call: object): (...given: unknown[]) => unknown {
  return (...given) => {
    if (typeof call !== 'function') return undefined;
    turn.begin(name);
    let result: unknown;
    try {
      result = Reflect.apply(call, undefined, given);
    } catch (error) {
      turn.end();
      throw error;
    }
    if (result instanceof Promise) return after(result, turn);
    turn.end();
    return result;
  };
}

async function after(result: Promise<unknown>, turn: Turn): Promise<unknown> {
  try {
    return await result;
  } finally {
    turn.end();
  }
}
