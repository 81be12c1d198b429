/** The names that stand free in a script, as QuickJS has them: for the script, whose uses of them are led here, and for code that it makes of text. */
import { CONSOLE_LEVELS, consoleText } from '../../log.ts';
import { timersModule } from '../../modules/timers.ts';
import type { InsideHost } from './host.ts';

/** What a script finds. `environment` and `vu` are filled in when it is opened, `iteration` at each call. */
export interface InsideGlobals {
  readonly names: Readonly<Record<string, unknown>>;
  readonly environment: Record<string, string>;
  vu: number;
  iteration: number;
}

export function insideGlobals(host: InsideHost): InsideGlobals {
  const environment: Record<string, string> = {};
  const values = { environment, vu: 0, iteration: 0 };
  const names = {
    ...timersModule(host),
    __ENV: environment,
    console: Object.fromEntries(
      CONSOLE_LEVELS.map(([method, level]) => [method, (...given: unknown[]) => host.log(level, consoleText(given.map(shown)))]),
    ),
    Math,
    open: (path: unknown, mode?: unknown) => {
      if (!host.inInit) throw new Error('open() can be called in the init context only, not in the code of a virtual user');
      return host.open(path, mode);
    },
  };
  Math.random = () => host.random();
  const live = { __VU: { get: () => values.vu }, __ITER: { get: () => values.iteration } };
  const all = Object.defineProperties({ ...names, crypto: cryptoOf(host) }, { ...describe(live) });
  Object.defineProperties(globalThis, Object.getOwnPropertyDescriptors(all));
  return Object.assign(values, { names: all });
}

function describe(getters: Readonly<Record<string, { get: () => number }>>): PropertyDescriptorMap {
  return Object.fromEntries(Object.entries(getters).map(([name, { get }]) => [name, { get, enumerable: true, configurable: true }]));
}

/** The stack of an error begins with its message, as elsewhere. */
function shown(value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}\n${value.stack ?? ''}`.trimEnd() : value;
}

function cryptoOf(host: InsideHost) {
  return {
    getRandomValues: <Values extends ArrayBufferView>(values: Values): Values => {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      if (bytes.length > 0) bytes.set(host.randomBytes(bytes.length));
      return values;
    },
    randomUUID: (): string => {
      const bytes = host.randomBytes(16);
      const hex = [...bytes].map((byte, index) => versioned(byte, index).toString(16).padStart(2, '0')).join('');
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
    },
    get subtle(): never {
      throw new Error('crypto.subtle is not there in QuickJS; k6/crypto has digests and HMACs');
    },
  };
}

/** Version 4 and the variant of RFC 9562. */
function versioned(byte: number, index: number): number {
  if (index === 6) return (byte & 0x0f) | 0x40;
  return index === 8 ? (byte & 0x3f) | 0x80 : byte;
}
