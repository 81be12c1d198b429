/** What is behind the one function that leads into QuickJS: a script, its exports, and the calls of them. */
import { base64Text, isBinary, toBytes } from '../../modules/bytes.ts';
import { httpOn } from '../../modules/http/exports.ts';
import { isPromise } from '../../modules/in-turn.ts';
import { modulesFor, type Pages } from '../../modules/index.ts';
import { ASK, BYTES, DONE, ENTER, THROWN, type Thrown, VALUED } from '../bridge.ts';
import type { Bridge } from './bridge-inside.ts';
import { insideGlobals } from './globals.ts';
import { InsideHost } from './host.ts';
import { OutsideCarrier } from './outside-carrier.ts';

/** Gives the outcome as text: empty while it is still to come. */
export type Enter = (what: number, text: string, given?: unknown) => string;

type Exports = Readonly<Record<string, unknown>>;

export function openRealm(bridge: Bridge, pages: Pages | undefined): Enter {
  const host = new InsideHost(bridge);
  const carrier = new OutsideCarrier(host);
  const modules = modulesFor(host, pages, () => httpOn(carrier, host, pages?.parsePage));
  const globals = insideGlobals(host);
  let exports: Exports = {};
  let data: unknown;

  const script = (factory: unknown): string => {
    const lazily = new Proxy({}, { get: (_target, name) => (typeof name === 'string' ? modules.of(name) : undefined) });
    const made: unknown = typeof factory === 'function' ? factory(lazily, globals.names) : undefined;
    exports = typeof made === 'object' && made !== null ? { ...made } : {};
    host.inInit = false;
    const functions = Object.keys(exports).filter((name) => typeof exports[name] === 'function');
    return DONE + JSON.stringify({ functions, options: exports['options'] });
  };

  const call = (text: string): string => {
    const end = text.indexOf(' ');
    const name = text.slice(end + 1);
    host.begin();
    carrier.begin();
    globals.iteration = Number(text.slice(0, end));
    const called = exports[name];
    if (typeof called !== 'function') throw new Error(`the script exports no function '${name}'`);
    const value: unknown = called(data);
    if (!isPromise(value)) return DONE + valueText(name, value);
    value.then(
      (later) => host.ask(ASK.outcome, DONE + valueText(name, later)),
      (error: unknown) => host.ask(ASK.outcome, THROWN + thrownText(error)),
    );
    return '';
  };

  const enter: Readonly<Record<number, (text: string, given: unknown) => string>> = {
    [ENTER.begin]: (text) => {
      const { environment, vu } = JSON.parse(text);
      globals.vu = vu;
      Object.assign(globals.environment, environment);
      return DONE;
    },
    [ENTER.script]: (_text, given) => script(given),
    [ENTER.environment]: (text) => {
      Object.assign(globals.environment, JSON.parse(text));
      return DONE;
    },
    [ENTER.data]: (text) => {
      data = text === '' ? undefined : JSON.parse(text);
      return DONE;
    },
    [ENTER.call]: call,
    [ENTER.callAnew]: (text) => {
      modules.endIteration();
      return call(text);
    },
    [ENTER.timer]: (text) => {
      const result = host.fire(Number(text));
      if (isPromise(result)) result.then(undefined, (error: unknown) => host.ask(ASK.failed, thrownText(error)));
      return DONE;
    },
    [ENTER.answered]: (text) => {
      carrier.answeredLater(text);
      return DONE;
    },
  };

  return (what, text, given) => {
    try {
      return enter[what]?.(text, given) ?? '';
    } catch (error) {
      return THROWN + thrownText(error);
    }
  };
}

/** Only what is wanted outside goes there. */
function valueText(name: string, value: unknown): string {
  if (!VALUED.has(name)) return '';
  return JSON.stringify(value, (_key, each: unknown) => (isBinary(each) ? { [BYTES]: base64Text(toBytes(each), 'std') } : each)) ?? '';
}

function thrownText(error: unknown): string {
  const { name, message, stack } = error instanceof Error ? error : {};
  const thrown: Thrown =
    error instanceof Error ? { name: String(name), message: String(message), stack: String(stack) } : { value: plain(error) };
  return JSON.stringify(thrown);
}

/** What JSON has no words for is told as text. */
function plain(value: unknown): unknown {
  try {
    return JSON.stringify(value) === undefined ? String(value) : value;
  } catch {
    return String(value);
  }
}
