/**
 * Makes an HTTP call from a target's network namespace, and its counterpart to undo it: a flag flipped, a deploy triggered. Proven
 * by a third call that sees the effect, or, without one, by the answer to the call itself.
 */
import { z } from 'zod';
import { answerShape, type Call, type CallAnswer, callShape, waitsShape } from '../application/call-shape.ts';
import { type Helper, startHelper } from '../application/helper.ts';
import { namesOf } from '../names-of-target.ts';
import { type Network, whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

/** Between two looks at the effect. */
const LOOK_EVERY_MS = 100;
/** An undo is tried this often, with these breaks in between. */
const UNDO_TRIES = 4;
const UNDO_BREAK_MS = 500;

const shape = z.object({
  op: z.literal('call'),
  container: containerRef,
  call: callShape,
  undo: callShape.exactOptional(),
  /** Is answered so, and says so, while the effect is there; and not so when it is gone. */
  prove: callShape.extend({ says: z.string().exactOptional() }).exactOptional(),
});

export const call = defineOperation({ shape, follows: () => false, moves });

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, operation.container);
  const { call: asked, undo, prove } = operation;
  let running: { readonly helper: Helper; readonly pid: number } | undefined;
  let answered: CallAnswer | undefined;
  let undone: string | undefined;

  const helperIn = async ({ pid }: Network): Promise<Helper> => {
    if (running?.pid === pid && running.helper.alive()) return running.helper;
    await running?.helper.end();
    running = { helper: startHelper(pid, 'call'), pid };
    return running.helper;
  };
  const make = async (call: Call, signal: AbortSignal): Promise<CallAnswer> => {
    const network = await place.network();
    if (!network) throw new Error(`it is not running, so that ${call.method} ${call.url} cannot be called from it`);
    return (await helperIn(network)).ask({ call, ...namesOf(network.pid) }, answerShape, signal);
  };
  const end = async () => {
    await running?.helper.end();
    running = undefined;
  };
  const shows = async (signal: AbortSignal) => {
    if (!prove) return undefined;
    const seen = await make(prove, signal);
    return {
      so: expected(prove, seen.status) && (prove.says === undefined || seen.text.includes(prove.says)),
      says: describe(prove, seen),
    };
  };

  return {
    async arm(signal) {
      const before = await shows(signal);
      if (before?.so) throw new Error(`its effect is there already: ${before.says}`);
      const network = await place.network();
      if (!before && network) await (await helperIn(network)).ask({ waits: true }, waitsShape, signal);
      return { mechanism: 'http', evidence: before ? `before: ${before.says}` : 'a caller waits for its cue' };
    },
    async inject(signal) {
      const seen = await make(asked, signal);
      if (!expected(asked, seen.status)) throw new Error(`not what was expected: ${describe(asked, seen)}`);
      answered = seen;
      return { atNs: BigInt(seen.atNs), mechanism: 'http' };
    },
    async prove(signal) {
      if (!answered) throw new Error('it was never called');
      let seen = await shows(signal);
      while (seen?.so === false && (await pause(LOOK_EVERY_MS, signal))) seen = await shows(signal);
      if (seen?.so === false) throw new Error(`no effect: ${seen.says}`);
      return {
        mechanism: 'http',
        evidence: seen?.says ?? describe(asked, answered),
        facts: { status: answered.status, answerMs: answered.tookMs },
      };
    },
    async undo(signal) {
      if (!ground.mayHaveTouched() || !undo || undone !== undefined) {
        await end();
        return { evidence: undone ?? (undo ? 'it was never called' : 'a call without a counterpart is not undone') };
      }
      undone = describe(undo, await insist(undo, signal));
      return { mechanism: 'http', evidence: undone };
    },
    async readBack(signal) {
      try {
        if (!ground.mayHaveTouched() || !undo) return { evidence: 'there is nothing to undo' };
        let seen = await shows(signal);
        while (seen?.so && (await pause(LOOK_EVERY_MS, signal))) seen = await shows(signal);
        if (seen?.so) throw new Error(`its effect is still there: ${seen.says}`);
        if (undone === undefined) throw new Error(`${undo.method} ${undo.url} was not answered as expected`);
        return { evidence: seen?.says ?? undone };
      } finally {
        await end();
      }
    },
  };

  /** A service that restarts or deploys may not answer at once. */
  async function insist(call: Call, signal: AbortSignal): Promise<CallAnswer> {
    let why = '';
    for (let tries = 0; tries < UNDO_TRIES; tries++) {
      if (tries > 0 && !(await pause(UNDO_BREAK_MS * tries, signal))) break;
      try {
        const seen = await make(call, signal);
        if (expected(call, seen.status)) return seen;
        why = describe(call, seen);
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
      }
    }
    throw new Error(`it could not be undone in ${UNDO_TRIES} tries: ${why}`);
  }
}

/** One of the statuses asked for; where none is, any that says success. */
export function expected({ expect }: Pick<Call, 'expect'>, status: number): boolean {
  return expect.length === 0 ? status >= 200 && status < 300 : expect.includes(status);
}

function describe({ method, url }: Call, { status, told, tookMs }: CallAnswer): string {
  return `${method} ${url} was answered ${status} in ${tookMs.toFixed(0)} ms${told === '' ? '' : `: ${told}`}`;
}
