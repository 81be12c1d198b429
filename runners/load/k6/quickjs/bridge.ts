/**
 * What the two sides of a script in QuickJS say to each other: numbers for what is meant, texts (mostly JSON) and bytes for
 * what comes with it. Inside are the script and k6's modules, outside is Node.
 */

/** Said from inside, answered at once. */
export const ASK = {
  /** The reason of the failure that was just answered. */
  why: 0,
  fact: 1,
  settings: 2,
  options: 3,
  label: 4,
  setLabel: 5,
  dropLabel: 6,
  labels: 7,
  requested: 8,
  metric: 9,
  sample: 10,
  random: 11,
  seed: 12,
  digest: 13,
  randomBytes: 14,
  shared: 15,
  share: 16,
  timer: 17,
  clearTimer: 18,
  later: 19,
  /** The bodies of the answers that were just given, one behind the other. */
  bodies: 20,
  decode: 21,
  encode: 22,
  compress: 23,
  log: 24,
  abort: 25,
  markFailed: 26,
  open: 27,
  /** What an asynchronous function came to. */
  outcome: 28,
  /** What a timer's function threw. */
  failed: 29,
  socketSend: 30,
  socketPing: 31,
  socketClose: 32,
} as const;

/** Said from inside, which stands still until there is an answer. */
export const WAIT = { requests: 0, sleep: 1, socketOpen: 2, socketNext: 3 } as const;

/** Said from outside. */
export const ENTER = {
  /** `{ environment, vu }`. */
  begin: 0,
  /** The script's factory comes with it. */
  script: 1,
  /** What the scenario puts into `__ENV`. */
  environment: 2,
  /** What setup gave, for the calls to come. */
  data: 3,
  /** Whether an iteration begins anew, `__ITER`, and the name of the function. */
  call: 4,
  timer: 5,
  answered: 6,
} as const;

/** How the text of an outcome begins: a value may follow, or an error does. */
export const DONE = 'v';
export const THROWN = 'e';
/** Functions whose value is wanted outside. */
export const VALUED: ReadonlySet<string> = new Set(['setup', 'handleSummary']);
/** In JSON, bytes are objects with this one name and their base64. */
export const BYTES = '$bytes';

/** An error as it crosses; `value` stands for whatever is no error. */
export interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly stack?: string;
  readonly value?: unknown;
}
