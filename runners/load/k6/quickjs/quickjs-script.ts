/** A script on the second path: as it is, each virtual user in a QuickJS of its own. */
import { setImmediate } from 'node:timers/promises';
import { K6_EXIT, ScriptFailure } from '../exit-codes.ts';
import type { Script, ScriptExports, ScriptSurroundings } from '../script.ts';
import { scriptName } from '../transform/positions.ts';
import type { TransformedScript } from '../transform/transform.ts';
import { loadEngine, QUICKJS_PACKAGE } from './engine.ts';
import { insideCode } from './inside-code.ts';
import { Realm, type RealmCode } from './realm.ts';
import { makeTemplate } from './template.ts';

export interface QuickJsParts {
  readonly script: Pick<TransformedScript, 'entry' | 'code' | 'parameters'>;
  /** What stands in the way of the other path, for the message. */
  readonly obstacles: string;
  readonly readsPages: boolean;
  readonly originalStack: RealmCode['originalStack'];
}

/** Throws ScriptFailure where QuickJS is not installed. */
export async function instantiateInQuickJs(
  { script, obstacles, readsPages, originalStack }: QuickJsParts,
  load: typeof loadEngine = loadEngine,
): Promise<Script['instantiate']> {
  const engine = await load();
  if (!engine) throw notInstalled(obstacles);
  const template = await makeTemplate(engine, {
    inside: await insideCode(readsPages),
    factory: `(function (${script.parameters.join(', ')}) { ${script.code} })`,
    file: scriptName(script.entry),
    originalStack,
  });
  const code: RealmCode = { template, originalStack };
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other, with room for timers and messages between them. */
  const openInTurn = (around: ScriptSurroundings): ReturnType<typeof Realm.open> => {
    const opened = last.then(() => setImmediate()).then(() => Realm.open(around, engine, code));
    last = opened.catch(() => {});
    return opened;
  };
  return (around) => {
    let realm: Realm | undefined;
    const exports = openInTurn(around).then((opened): ScriptExports => {
      realm = opened.realm;
      const { functions, options } = opened.exports;
      const called = functions.map((name) => [name, (...given: unknown[]) => opened.realm.call(name, given)]);
      return { ...(options === undefined ? {} : { options }), ...Object.fromEntries(called) };
    });
    return { exports, endIteration: () => realm?.beginAnew() };
  };
}

function notInstalled(obstacles: string): ScriptFailure {
  const why = obstacles === '' ? '' : `, because of\n${obstacles}`;
  return new ScriptFailure(
    `the script needs QuickJS, which is not installed${why}`,
    K6_EXIT.exception,
    `npm install ${QUICKJS_PACKAGE}, or let these calls stand in plain functions`,
  );
}
