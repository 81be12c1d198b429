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
/** What the process of a script may take, all of its virtual users together. */
export const ALL_MB_MAX = 2048;
/** How often that is looked at. */
const LOOK_MS = 500;

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

/** What an engine sees of the process that it is in. */
export interface EngineProcess {
  nowMs(): number;
  residentBytes(): number;
}

const THIS_PROCESS: EngineProcess = { nowMs: () => performance.now(), residentBytes: () => process.memoryUsage.rss() };

export class QuickJsEngine {
  readonly #loader: Loader;
  readonly #compiled: object;
  readonly #process: EngineProcess;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(loader: Loader, compiled: object, itsProcess = THIS_PROCESS) {
    this.#loader = loader;
    this.#compiled = compiled;
    this.#process = itsProcess;
  }

  /** An instance with a memory of its own of so many bytes; the compiled code is shared. */
  instance(bytes = PAGES * PAGE_BYTES): Promise<QuickJsModule> {
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

  /** Throws ScriptFailure where all virtual users together have taken too much memory. Looks from time to time only. */
  look(): void {
    const { nowMs, residentBytes } = this.#process;
    if (nowMs() - this.#lookedMs < LOOK_MS) return;
    this.#lookedMs = nowMs();
    if (residentBytes() <= ALL_MB_MAX * 1024 * 1024) return;
    throw new ScriptFailure(
      `the virtual users of a process took more than ${ALL_MB_MAX} MB of memory together`,
      K6_EXIT.generic,
      'in QuickJS each has 1 MB and a copy of all data; take fewer of them, less data, or more --generators',
    );
  }
}

/** Undefined where the package is not installed. */
export async function loadEngine(name = QUICKJS_PACKAGE): Promise<QuickJsEngine | undefined> {
  try {
    const loaded: unknown = await import(`${name}/emscripten-module`);
    const wasm = await readFile(fileURLToPath(import.meta.resolve(`${name}/wasm`)));
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
