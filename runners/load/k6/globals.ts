/** The names that stand free in a script: those of k6. What Node has besides, the rewriting hides. */
import { webcrypto } from 'node:crypto';
import type { ScriptHost } from './host.ts';
import { CONSOLE_LEVELS, consoleText } from './log.ts';
import { timersModule } from './modules/timers.ts';
import type { OpenFiles } from './open-files.ts';
import type { ScriptGlobals } from './script.ts';

export interface GlobalParts {
  readonly host: ScriptHost;
  readonly files: OpenFiles;
  /** `__ENV`; the virtual user's own. */
  readonly environment: Record<string, string>;
  readonly vu: number;
  /** `__ITER`. */
  readonly iteration: () => number;
}

/** `__ITER` is a getter: it goes up while the script runs. */
export function scriptGlobals({ host, files, environment, vu, iteration }: GlobalParts): ScriptGlobals {
  return {
    ...timersModule(host),
    __ENV: environment,
    __VU: vu,
    get __ITER() {
      return iteration();
    },
    console: Object.fromEntries(
      CONSOLE_LEVELS.map(([method, level]) => [method, (...values: unknown[]) => host.log(level, consoleText(values))]),
    ),
    crypto: webcrypto,
    Math: Object.create(Math, { random: { value: () => host.random() } }),
    open: (path: unknown, mode?: unknown) => {
      if (!host.inInit) throw new Error('open() can be called in the init context only, not in the code of a virtual user');
      return files.open(path, mode);
    },
  };
}
