/**
 * One QuickJS: calls into it with texts and bytes, and its calls out. A call out may take its time: then the whole of what
 * runs inside stands still, and the call into it goes on when there is an answer.
 */
import { type Calls, callsOf, plainCall } from './calls.ts';
import type { Callbacks, QuickJsModule, Sleeper } from './engine.ts';
import { type MachineError, MachineFull, machineErrorOf } from './machine-errors.ts';
import { imageOf, layOut, type MemoryImage } from './memory-image.ts';

/** What an answer from outside can be. `false` stands for a failure, whose reason is asked for next. */
export type Answer = undefined | false | number | string | Uint8Array;

/** Who is asked from within. */
export interface Outside {
  /** Answers at once. Must not throw. */
  tell(what: number, text: string, bytes: Uint8Array | undefined): Answer;
  /** What asks stands still until there is an answer. Must not reject; undefined where the iteration is given up. */
  wait(what: number, text: string, bytes: Uint8Array | undefined): Promise<string | undefined>;
  /** Asked every few thousand steps: true ends what runs by an error that cannot be caught. */
  interrupts(): boolean;
}

/** What JavaScript may take in one machine; what it was given from outside comes on top. */
export const HEAP_MB_MAX = 256;
/** What calls within calls may take. */
export const STACK_KB_MAX = 256;
/** Where a stack that stands still is written down, which takes more than the stack itself. */
const WAITING_KB_MAX = 2048;
/** Texts up to this length are handed over in a place of their own. */
const SCRATCH_BYTES = 65_536;
const POINTER_BYTES = 4;
const ARGUMENTS_MAX = 4;
/** Ids of the two functions that are handed in. */
const TELL = 1;
const WAIT = 2;

/** Where in its memory a machine has what is asked for again and again. */
interface Places {
  readonly runtime: number;
  readonly context: number;
  readonly scratch: number;
  readonly given: number;
}

/** A machine at rest. */
export interface MachineImage extends MemoryImage {
  readonly places: Places;
}

export class Machine {
  readonly #module: QuickJsModule;
  readonly #outside: Outside;
  readonly #calls: Calls;
  readonly #places: Places;
  readonly #runtime: number;
  readonly #context: number;
  readonly #undefined: number;
  readonly #false: number;
  readonly #scratch: number;
  readonly #arguments: number;
  #heap: Buffer;
  /** Told where going on after a wait failed: then the call under way never ends by itself. */
  #onBreakdown: (error: unknown) => void = () => {};
  /** An answer found no room: what runs inside is ended. */
  #isFull = false;

  /** With an image, the machine is what the one of the image was. */
  constructor(module: QuickJsModule, outside: Outside, image?: MachineImage) {
    this.#module = module;
    this.#outside = outside;
    this.#heap = Buffer.from(module.HEAPU8.buffer);
    module.callbacks = this.#callbacks();
    this.#calls = callsOf(module);
    if (image) layOut(image, this.#heap);
    this.#places = image?.places ?? this.#makePlaces();
    const { runtime, context, scratch, given } = this.#places;
    this.#runtime = runtime;
    this.#context = context;
    this.#scratch = scratch;
    this.#arguments = given;
    limitStacks(module, runtime);
    this.#undefined = plainCall(module, 'QTS_GetUndefined', 0)();
    this.#false = plainCall(module, 'QTS_GetFalse', 0)();
  }

  #makePlaces(): Places {
    const module = this.#module;
    const runtime = plainCall(module, 'QTS_NewRuntime', 0)();
    plainCall(module, 'QTS_RuntimeSetMemoryLimit', 2)(runtime, HEAP_MB_MAX * 1024 * 1024);
    plainCall(module, 'QTS_RuntimeEnableInterruptHandler', 1)(runtime);
    const context = plainCall(module, 'QTS_NewContext', 2)(runtime, 0);
    return { runtime, context, scratch: this.#room(SCRATCH_BYTES), given: this.#room(ARGUMENTS_MAX * POINTER_BYTES) };
  }

  /** The machine as it is, at rest, to make others of; they have its values by the same pointers. */
  image(): MachineImage {
    return { ...imageOf(this.#memory()), places: this.#places };
  }

  /** Two functions for within: what is told through the first is answered at once, the second waits. */
  handIn(): readonly [tell: number, wait: number] {
    const make = (name: string, id: number): number => this.#calls.newFunction(this.#context, name, ARGUMENTS_MAX, 0, id);
    return [make('tell', TELL), make('wait', WAIT)];
  }

  /** The value of an expression, which must not wait. Throws MachineError. */
  evaluate(code: string, file: string): number {
    return this.#withText(code, (pointer, length) => this.#checked(this.#calls.evaluate(this.#context, pointer, length, file, 0, 0)));
  }

  /** Calls a function and gives its value. Rejects with MachineError. */
  async invoke(called: number, given: readonly number[]): Promise<number> {
    for (const [index, pointer] of given.entries()) this.#memory().writeUInt32LE(pointer, this.#arguments + index * POINTER_BYTES);
    return this.#checked(await this.#ended(this.#calls.call(this.#context, called, this.#undefined, given.length, this.#arguments)));
  }

  /** Calls a function with a number, a text and, if there is one, a value, and gives the text it returns. Rejects with MachineError. */
  async call(called: number, what: number, text: string, value?: number): Promise<string> {
    const given = [this.#calls.newNumber(this.#context, what), this.#newText(text)];
    try {
      return this.#takeText(await this.invoke(called, value === undefined ? given : [...given, value]));
    } finally {
      for (const pointer of given) this.free(pointer);
    }
  }

  /** Bytes as an ArrayBuffer of within. */
  newBytes(bytes: Uint8Array): number {
    const pointer = this.#room(Math.max(1, bytes.length));
    this.#memory().set(bytes, pointer);
    return this.#calls.newBytes(this.#context, pointer, bytes.length);
  }

  free(pointer: number): void {
    this.#calls.free(this.#context, pointer);
  }

  get hasJobs(): boolean {
    return this.#calls.isJobPending(this.#runtime) !== 0;
  }

  /** Runs what promises have set off, until there is no more of it. Rejects with MachineError where a job was interrupted. */
  async runJobs(): Promise<void> {
    const pointer = await this.#ended(this.#calls.jobs(this.#runtime, -1, this.#scratch));
    const isCount = !Number.isNaN(this.#calls.numberOf(this.#context, pointer));
    if (!isCount) throw this.#errorOf(pointer);
    this.free(pointer);
  }

  #ended(call: Promise<number>): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#onBreakdown = reject;
      call.then(resolve, reject);
    });
  }

  #callbacks(): Callbacks {
    return {
      callFunction: (sleeper, _context, _self, count, given, id) =>
        id === TELL ? this.#tell(count, given) : this.#wait(sleeper, count, given),
      freeHostRef: () => {},
      shouldInterrupt: () => (this.#isFull || this.#outside.interrupts() ? 1 : 0),
    };
  }

  #tell(count: number, given: number): number {
    const [what, text, bytes] = this.#read(count, given);
    return this.#answer(this.#outside.tell(what, text, bytes));
  }

  /** Called again, with the same arguments, when it goes on; then only the sleeper has something to do. */
  #wait(sleeper: Sleeper, count: number, given: number): number {
    return sleeper.handleSleep((wake) => {
      const [what, text, bytes] = this.#read(count, given);
      void this.#outside
        .wait(what, text, bytes)
        .then((answer) => wake(this.#answer(answer)))
        .catch((error: unknown) => this.#onBreakdown(error));
    });
  }

  #read(count: number, given: number): [what: number, text: string, bytes: Uint8Array | undefined] {
    const { given: at, numberOf } = this.#calls;
    const what = numberOf(this.#context, at(given, 0));
    const text = count > 1 ? this.#textAt(at(given, 1)) : '';
    return [what, text, count > 2 ? this.#bytesAt(at(given, 2)) : undefined];
  }

  #textAt(value: number): string {
    const pointer = this.#calls.textOf(this.#context, value);
    if (pointer === 0) return '';
    const heap = this.#memory();
    const text = heap.toString('utf8', pointer, heap.indexOf(0, pointer));
    this.#calls.freeText(this.#context, pointer);
    return text;
  }

  #bytesAt(value: number): Uint8Array {
    const length = this.#calls.bytesLength(this.#context, value);
    const pointer = this.#calls.bytesOf(this.#context, value);
    const bytes = new Uint8Array(this.#memory().subarray(pointer, pointer + length));
    this.#module._free(pointer);
    return bytes;
  }

  #takeText(pointer: number): string {
    const text = this.#textAt(pointer);
    this.free(pointer);
    return text;
  }

  /** Nothing may be thrown through the machine. */
  #answer(answer: Answer): number {
    try {
      return this.#valueOf(answer);
    } catch {
      this.#isFull = true;
      return 0;
    }
  }

  /** 0 stands for undefined. */
  #valueOf(answer: Answer): number {
    if (answer === undefined) return 0;
    if (answer === false) return this.#calls.copy(this.#context, this.#false);
    if (typeof answer === 'number') return this.#calls.newNumber(this.#context, answer);
    return typeof answer === 'string' ? this.#newText(answer) : this.newBytes(answer);
  }

  #newText(text: string): number {
    return this.#withText(text, (pointer) => this.#calls.newText(this.#context, pointer));
  }

  /** The text as bytes with a 0 behind them, for as long as `use` takes. */
  #withText(text: string, use: (pointer: number, length: number) => number): number {
    const room = text.length * 3 + 1;
    const fits = room <= SCRATCH_BYTES;
    const pointer = fits ? this.#scratch : this.#room(room);
    try {
      const heap = this.#memory();
      const length = heap.write(text, pointer, room - 1, 'utf8');
      heap[pointer + length] = 0;
      return use(pointer, length);
    } finally {
      if (!fits) this.#module._free(pointer);
    }
  }

  #room(bytes: number): number {
    const pointer = this.#module._malloc(bytes);
    if (pointer === 0) throw new MachineFull(`there is no room for ${bytes} bytes`);
    return pointer;
  }

  /** Memory that has grown is another buffer. */
  #memory(): Buffer {
    const { buffer } = this.#module.HEAPU8;
    if (this.#heap.buffer !== buffer) this.#heap = Buffer.from(buffer);
    return this.#heap;
  }

  #checked(pointer: number): number {
    const exception = this.#calls.exceptionOf(this.#context, pointer);
    if (exception === 0) return pointer;
    this.free(pointer);
    if (this.#isFull) throw new MachineFull('an answer found no room');
    throw this.#errorOf(exception);
  }

  #errorOf(pointer: number): MachineError {
    const dumped = this.#calls.dump(this.#context, pointer);
    const heap = this.#memory();
    const text = dumped === 0 ? '' : heap.toString('utf8', dumped, heap.indexOf(0, dumped));
    if (dumped !== 0) this.#calls.freeText(this.#context, dumped);
    this.free(pointer);
    return machineErrorOf(text);
  }
}

/** One function sets both limits, the second of them for all runtimes: so it is called for another one too. */
function limitStacks(module: QuickJsModule, runtime: number): void {
  const limit = plainCall(module, 'QTS_RuntimeSetMaxStackSize', 2);
  limit(runtime, STACK_KB_MAX * 1024);
  const other = plainCall(module, 'QTS_NewRuntime', 0)();
  limit(other, WAITING_KB_MAX * 1024);
  plainCall(module, 'QTS_FreeRuntime', 1)(other);
}
