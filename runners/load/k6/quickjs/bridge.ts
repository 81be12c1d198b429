/**
 * What the two sides of a script in QuickJS say to each other: numbers for what is meant, texts (mostly JSON) and bytes for
 * what comes with it. Inside are the script and k6's modules, outside is Node.
 */

/** Said from inside, answered at once. */
export const ASK = {
  /** The reason of the failure that was just answered, as JSON. */
  why: 0,
  fact: 1,
  settings: 2,
  options: 3,
  label: 4,
  setLabel: 5,
  dropLabel: 6,
  labels: 7,
  metric: 8,
  sample: 9,
  random: 10,
  seed: 11,
  digest: 12,
  randomBytes: 13,
  shared: 14,
  share: 15,
  timer: 16,
  clearTimer: 17,
  decode: 18,
  encode: 19,
  log: 20,
  abort: 21,
  markFailed: 22,
  open: 23,
  /** What an asynchronous function came to. */
  outcome: 24,
  /** What a timer's function threw. */
  failed: 25,
  socketSend: 26,
  socketPing: 27,
  socketClose: 28,
  /** The bytes of the message that was just given. */
  socketBytes: 29,
  /** A request that nobody stands still for. */
  requestLater: 30,
  expect: 31,
  /** Of a response, by its number. */
  body: 32,
  /** The bytes of a body that is a text with a 0 in it. */
  bodyBytes: 33,
  headers: 34,
  cookies: 35,
  request: 36,
  timings: 37,
  /** The jar of the iteration is to have this number. */
  ownJar: 38,
  jarKeep: 39,
  jarSent: 40,
  jarDrop: 41,
  /** Numbers of responses and jars that nobody has any more. */
  gone: 42,
} as const;

/** Said from inside, which stands still until there is an answer. */
export const WAIT = { request: 0, batch: 1, sleep: 2, socketOpen: 3, socketNext: 4 } as const;

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
  /** `__ITER` and the name of the function. */
  call: 4,
  /** The same where an iteration begins, and what belongs to the one before is dropped. */
  callAnew: 5,
  timer: 6,
  /** The number of a request that nobody stood still for, and what it came to. */
  answered: 7,
} as const;

/** How the text of an outcome begins: a value may follow, or an error does. */
export const DONE = 'v';
export const THROWN = 'e';
/** How the text begins that says why what was waited for failed; the reason follows as JSON. Nothing else begins so. */
export const FAILED = '\u0001';
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
