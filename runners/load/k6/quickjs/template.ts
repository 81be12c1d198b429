/** The machine that all virtual users of a script begin as copies of: k6's modules are loaded, the script is compiled and has not run. */
import { K6_EXIT, ScriptFailure } from '../exit-codes.ts';
import type { QuickJsEngine } from './engine.ts';
import { failureOf } from './failures.ts';
import { INSIDE_FILE } from './inside-code.ts';
import { Machine, type MachineImage, type Outside } from './machine.ts';
import { MachineError } from './machine-errors.ts';

export interface Template {
  readonly image: MachineImage;
  /** The function that leads in. */
  readonly entrance: number;
  /** The script's factory. */
  readonly factory: number;
}

export interface TemplateCode {
  /** An expression whose value opens the realm. */
  readonly inside: string;
  /** An expression whose value is the script's factory. */
  readonly factory: string;
  /** How stacks name the script. */
  readonly file: string;
  /** A stack of the script in the author's places. */
  readonly originalStack: (stack: string) => string;
}

/** Nothing is asked while nothing runs. */
const NOBODY: Outside = { tell: () => undefined, wait: async () => undefined, interrupts: () => false };

/** Throws ScriptFailure where QuickJS does not understand the script. */
export async function makeTemplate(engine: QuickJsEngine, code: TemplateCode): Promise<Template> {
  const machine = new Machine(await engine.instance(), NOBODY);
  try {
    const opener = machine.evaluate(code.inside, INSIDE_FILE);
    const entrance = await machine.invoke(opener, machine.handIn());
    const factory = machine.evaluate(code.factory, code.file);
    return { image: machine.image(), entrance, factory };
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    const text = code.originalStack(`${error.innerName}: ${error.message}\n${error.innerStack}`);
    throw failureOf(error, () => '') ?? new ScriptFailure(text, K6_EXIT.exception);
  }
}
