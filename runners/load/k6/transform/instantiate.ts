/** Compiles a transformed script once, and makes an instance of it for each virtual user. */
import { compileFunction } from 'node:vm';
import type { GLOBALS } from '../surface.ts';
import { scriptName } from './positions.ts';
import { callSequentially, fillSequentially } from './sequential.ts';
import type { TransformedScript } from './transform.ts';
import { Turn, takingTurns } from './turn.ts';

/** What a script of one virtual user finds around it. */
export interface ScriptBindings {
  /** A module of k6 by its name: its exports, and itself as `default`. */
  readonly modules: Readonly<Record<string, unknown>>;
  /** Every name of `GLOBALS`; read anew at each use. */
  readonly globals: Readonly<Record<keyof typeof GLOBALS, unknown>>;
}

/** What a script exports: its functions, and `options`. */
export type ScriptExports = Readonly<Record<string, unknown>>;

/** Runs the script's init code anew and gives its exports. Throws what the script throws. */
export type ScriptFactory = (host: ScriptBindings) => ScriptExports;

/** The code is compiled here once; instances share it and have only their own variables. */
export function compileScript(script: TransformedScript): ScriptFactory {
  const factory = compileFunction(script.code, [...script.parameters], { filename: scriptName(script.entry) });
  const guarded = script.path === 'transform' && script.synchronous;
  return (host) => {
    const modules = guarded ? takingTurns(host.modules, new Turn()) : host.modules;
    const exported: unknown = Reflect.apply(factory, undefined, [modules, host.globals, callSequentially, fillSequentially]);
    return isExports(exported) ? exported : {};
  };
}

function isExports(value: unknown): value is ScriptExports {
  return typeof value === 'object' && value !== null;
}
