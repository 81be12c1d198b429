/**
 * What a k6 script may import and what each name does to the script that calls it. The one list: the rewriting, the check
 * of a script (`firedrill load --check`) and the table in the documentation read it.
 */

/**
 * How a name behaves when it is called.
 * - `blocking`: the virtual user stands still until it is done; in the meantime it may call the functions that it is given,
 *   and waits for what they give. Our function gives a promise, the call is awaited.
 * - `pure`: returns at once and calls nothing that it is given.
 * - `async`: gives a promise, in k6 too.
 * - `callbacks`: calls the functions it is given (or the values of an object of functions) before it returns. Ours gives a
 *   promise if one of them gave a promise, else a plain value.
 * - `later`: calls the functions it is given after it has returned, and waits for what they give.
 * - `constructor`: made with `new`; calls nothing that it is given.
 * - `filled`: made with `new` and calls the function it is given before it is there.
 * - `value`: no function, or an object of values and pure functions.
 */
export type Conduct = 'blocking' | 'pure' | 'async' | 'callbacks' | 'later' | 'constructor' | 'filled' | 'value';

/** A module that scripts can use, by what it exports. */
export interface SupportedModule {
  readonly exports: Readonly<Record<string, Conduct>>;
  /** Constants of which there are many, by how their names begin. */
  readonly constants?: RegExp;
  /** Exports that k6 has and we do not, each with the reason. */
  readonly lacking?: Readonly<Record<string, string>>;
}

/** A module that k6 or one of its extensions has and we do not. */
export interface UnsupportedModule {
  readonly unsupported: string;
}

export type SurfaceModule = SupportedModule | UnsupportedModule;

const BROWSER = 'Journeys in a browser are the work of the browser probe.';
const NO_WEBSOCKETS = 'WebSockets with events of their own are not carried; use k6/ws.';
const NO_GRPC = 'gRPC is not carried.';

export const SURFACE: Readonly<Record<string, SurfaceModule>> = {
  k6: {
    exports: { check: 'callbacks', fail: 'pure', group: 'callbacks', randomSeed: 'pure', sleep: 'blocking' },
  },
  'k6/http': {
    exports: {
      asyncRequest: 'async',
      batch: 'blocking',
      cookieJar: 'pure',
      CookieJar: 'constructor',
      del: 'blocking',
      expectedStatuses: 'pure',
      file: 'pure',
      FileData: 'constructor',
      get: 'blocking',
      head: 'blocking',
      options: 'blocking',
      patch: 'blocking',
      post: 'blocking',
      put: 'blocking',
      query: 'blocking',
      request: 'blocking',
      setResponseCallback: 'pure',
      url: 'pure',
    },
    constants: /^(?:TLS|SSL|OCSP)_/,
  },
  'k6/metrics': { exports: { Counter: 'constructor', Gauge: 'constructor', Rate: 'constructor', Trend: 'constructor' } },
  'k6/execution': { exports: { instance: 'value', scenario: 'value', test: 'value', vu: 'value' } },
  'k6/data': { exports: { SharedArray: 'filled' } },
  'k6/encoding': { exports: { b64decode: 'pure', b64encode: 'pure' } },
  'k6/crypto': {
    exports: {
      createHash: 'pure',
      createHMAC: 'pure',
      hexEncode: 'pure',
      hmac: 'pure',
      md4: 'pure',
      md5: 'pure',
      randomBytes: 'pure',
      ripemd160: 'pure',
      sha1: 'pure',
      sha256: 'pure',
      sha384: 'pure',
      sha512: 'pure',
      sha512_224: 'pure',
      sha512_256: 'pure',
    },
  },
  'k6/html': { exports: { parseHTML: 'pure', Element: 'value', Selection: 'value' } },
  'k6/timers': { exports: { clearInterval: 'pure', clearTimeout: 'pure', setInterval: 'later', setTimeout: 'later' } },
  'k6/ws': { exports: { connect: 'blocking' } },
  'k6/websockets': { unsupported: NO_WEBSOCKETS },
  'k6/net/grpc': { unsupported: NO_GRPC },
  'k6/browser': { unsupported: BROWSER },
  'k6/secrets': { unsupported: 'Secrets come from the environment: __ENV.' },
  'k6/experimental/browser': { unsupported: BROWSER },
  'k6/experimental/csv': { unsupported: 'Read the file with open() and split it in a SharedArray.' },
  'k6/experimental/fs': { unsupported: 'Read the file with open().' },
  'k6/experimental/grpc': { unsupported: NO_GRPC },
  'k6/experimental/redis': { unsupported: 'Redis is not carried.' },
  'k6/experimental/streams': { unsupported: 'Streams are not carried.' },
  'k6/experimental/timers': { unsupported: 'It has become k6/timers.' },
  'k6/experimental/tracing': { unsupported: 'It has left k6. Set the trace headers by params.headers.' },
  'k6/experimental/webcrypto': { unsupported: 'It has become the global crypto.' },
  'k6/experimental/websockets': { unsupported: NO_WEBSOCKETS },
};

/** What compilers to CommonJS ask of every module; k6's are not compiled so. */
const COMPILED_MARK = '__esModule';

/** Methods of what the modules give back, by name, where they are not pure. */
export const RESULT_METHODS: Readonly<Record<string, Conduct>> = { clickLink: 'blocking', each: 'callbacks', submitForm: 'blocking' };

/** Names that a script has without an import. They are looked up at the host at each use, so that they may change. */
export const GLOBALS: Readonly<Record<string, Conduct>> = {
  __ENV: 'value',
  __ITER: 'value',
  __VU: 'value',
  Math: 'value',
  clearInterval: 'pure',
  clearTimeout: 'pure',
  console: 'value',
  open: 'pure',
  setInterval: 'later',
  setTimeout: 'later',
};

/** Names that Node has and k6 has not: a script that looks for them must not find them. */
export const HIDDEN_GLOBALS: readonly string[] = [
  'Buffer',
  'exports',
  'fetch',
  'global',
  'module',
  'process',
  'require',
  'setImmediate',
  'clearImmediate',
  '__dirname',
  '__filename',
];

/** What a module is to us, or why it cannot be had. Anything named `k6` or `k6/…` has an answer. */
export function moduleOf(name: string): SurfaceModule {
  const known = Object.hasOwn(SURFACE, name) ? SURFACE[name] : undefined;
  if (known !== undefined) return known;
  if (name.startsWith('k6/x/')) return { unsupported: 'Extensions of k6 (xk6) are not carried.' };
  return { unsupported: `k6 has no module '${name}' that we know of.` };
}

/** How an export behaves, or why there is none. */
export function exportOf(moduleName: string, name: string): { conduct: Conduct } | { unsupported: string } {
  const module = moduleOf(moduleName);
  if ('unsupported' in module) return module;
  const conduct = name === COMPILED_MARK ? 'value' : Object.hasOwn(module.exports, name) ? module.exports[name] : undefined;
  if (conduct !== undefined) return { conduct };
  if (module.constants?.test(name) === true) return { conduct: 'value' };
  const lacking = module.lacking?.[name];
  return { unsupported: lacking ?? `${moduleName} has no '${name}'.` };
}

/** Names that the rewriting and the hosts must treat as modules of k6. */
export function isK6Module(name: string): boolean {
  return name === 'k6' || name.startsWith('k6/');
}
