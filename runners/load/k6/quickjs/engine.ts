/** QuickJS as WebAssembly: looked for where it may be installed, compiled once, and one instance of it for each virtual user. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { K6_EXIT, ScriptFailure } from '../exit-codes.ts';

/** QuickJS whose calls can stand still (Emscripten's Asyncify); an optional dependency. */
export const QUICKJS_PACKAGE = '@jitl/quickjs-wasmfile-release-asyncify';

const PAGE_BYTES = 65_536;
/** What the compiled module asks for to begin with; most of it is never touched, and then takes no memory. */
const PAGES = 256;
/** One virtual user, with what lies beside its JavaScript: bodies of answers, the stack. */
const PAGES_MAX = 8192;
/** What all virtual users of a process take together beyond what their modules begin with. */
export const ALL_MB_MAX = 2048;

/** Lets a call from within stand still until `wake` is called. */
export interface Sleeper {
  handleSleep(start: (wake: (pointer: number) => void) => void): number;
}

/** What QuickJS asks of us; all pointers are addresses in its memory. */
export interface Callbacks {
  callFunction(sleeper: Sleeper, context: number, self: number, count: number, given: number, id: number): number;
  freeHostRef(sleeper: undefined, runtime: number, id: number): void;
  shouldInterrupt(sleeper: undefined, runtime: number): number;
}

/** What we use of an instance of Emscripten's. */
export interface QuickJsModule {
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  callbacks: Callbacks;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  cwrap(name: string, gives: 'number' | null, takes: readonly string[]): (...given: readonly (number | string)[]) => number;
  cwrap(
    name: string,
    gives: 'number' | null,
    takes: readonly string[],
    waits: { readonly async: true },
  ): (...given: readonly (number | string)[]) => Promise<number>;
}

interface LoaderOptions {
  readonly wasmMemory: object;
  /** What an abortion says; its error says the same. */
  readonly printErr: () => void;
  readonly instantiateWasm: (imports: object, done: (instance: { readonly exports: object }) => void) => object;
}
type Loader = (options: LoaderOptions) => Promise<QuickJsModule>;

/** As far as it is used: the types of Node leave it out. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  compile(bytes: Uint8Array): Promise<object>;
};

export class QuickJsEngine {
  readonly #loader: Loader;
  readonly #compiled: object;
  #grownBytes = 0;

  constructor(loader: Loader, compiled: object) {
    this.#loader = loader;
    this.#compiled = compiled;
  }

  /** An instance with a memory of its own of so many bytes; the compiled code is shared. */
  instance(bytes = INSTANCE_BYTES): Promise<QuickJsModule> {
    return this.#loader({
      wasmMemory: new WebAssembly.Memory({ initial: bytes / PAGE_BYTES, maximum: PAGES_MAX }),
      printErr: () => {},
      instantiateWasm: (imports, done) => {
        const instance = new WebAssembly.Instance(this.#compiled, imports);
        done(instance);
        return instance.exports;
      },
    });
  }

  /** An instance has grown. Throws ScriptFailure where all of them have grown too much. */
  grown(bytes: number): void {
    this.#grownBytes += bytes;
    if (this.#grownBytes > ALL_MB_MAX * 1024 * 1024)
      throw new ScriptFailure(
        `the virtual users took more than ${ALL_MB_MAX} MB of memory together`,
        K6_EXIT.generic,
        'in QuickJS each virtual user has a copy of all data; take fewer of them, or less data',
      );
  }
}

/** Bytes of an instance that has not grown. */
export const INSTANCE_BYTES = PAGES * PAGE_BYTES;

/** Undefined where the package is not installed. */
export async function loadEngine(): Promise<QuickJsEngine | undefined> {
  try {
    const loaded: unknown = await import(`${QUICKJS_PACKAGE}/emscripten-module`);
    const wasm = await readFile(fileURLToPath(import.meta.resolve(`${QUICKJS_PACKAGE}/wasm`)));
    return isLoader(loaded) ? new QuickJsEngine(loaded.default, await WebAssembly.compile(wasm)) : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isLoader(loaded: unknown): loaded is { readonly default: Loader } {
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded && typeof loaded.default === 'function';
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
