/**
 * A host of scripts that writes down what happens, in two kinds: one whose blocking calls are over when they return, as in
 * k6, and one whose blocking calls give a promise. A script that was rewritten rightly leaves the same trace on both.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Bundle, bundleScript } from '../../../../../runners/load/k6/transform/bundle.ts';
import { compileScript, type ScriptBindings } from '../../../../../runners/load/k6/transform/instantiate.ts';
import { rewriteBundle, type TransformedScript, type TransformOptions } from '../../../../../runners/load/k6/transform/transform.ts';
import { Turn } from '../../../../../runners/load/k6/transform/turn.ts';

export type Files = Readonly<Record<string, string>>;

/** Iterations that each run makes of the default function. */
const ITERATIONS = 2;

type Settle = (name: string, url: string, finish: () => unknown) => unknown;

export function createHost(blocking: boolean): { host: ScriptBindings; trace: string[] } {
  const trace: string[] = [];
  const turn = new Turn();
  const settle: Settle = (name, url, finish) => {
    trace.push(`> ${name} ${url}`);
    if (blocking) return done(name, url, finish);
    turn.begin(name);
    return new Promise((resolve) => setImmediate(resolve)).then(() => {
      turn.end();
      return done(name, url, finish);
    });
  };
  const done = (name: string, url: string, finish: () => unknown): unknown => {
    trace.push(`< ${name} ${url}`);
    return finish();
  };
  const globals = {
    __ENV: { BASE: 'http://127.0.0.1:1' },
    __ITER: 0,
    __VU: 1,
    Math,
    clearInterval: () => undefined,
    clearTimeout: () => undefined,
    console: { log: (...given: unknown[]) => trace.push(`log ${given.map((one) => JSON.stringify(one)).join(' ')}`) },
    open: (name: string) => `contents of ${name}`,
    setInterval: () => 1,
    setTimeout: (callback: () => unknown) => setImmediate(callback),
  };
  return { host: { modules: modules(settle, trace), globals }, trace };
}

function modules(settle: Settle, trace: string[]): Record<string, Record<string, unknown>> {
  const request = (name: string) => (url: unknown) => settle(name, String(url), () => response(settle, String(url)));
  const http = {
    ...Object.fromEntries(['get', 'head', 'post', 'put', 'patch', 'del', 'options'].map((name) => [name, request(name)])),
    request: (method: string, url: string) => request(method)(url),
    batch: (urls: readonly string[]) => settle('batch', urls.join(), () => urls.map((url) => response(settle, url))),
    asyncRequest: async (method: string, url: string) => {
      trace.push(`> async ${method} ${url}`);
      await new Promise((resolve) => setImmediate(resolve));
      trace.push(`< async ${method} ${url}`);
      return response(settle, url);
    },
    url: (parts: TemplateStringsArray, ...values: unknown[]) => String.raw({ raw: parts }, ...values),
    expectedStatuses: (...statuses: number[]) => statuses,
    CookieJar: class {},
  };
  const k6 = {
    sleep: (seconds: number) => settle('sleep', String(seconds), () => undefined),
    check: (value: unknown, checks: Record<string, unknown>) => check(trace, value, Object.entries(checks)),
    group: (name: string, body: () => unknown) => {
      trace.push(`group ${name}`);
      return after(body(), (value) => {
        trace.push(`end of ${name}`);
        return value;
      });
    },
    fail: (reason: string) => {
      throw new Error(reason);
    },
    randomSeed: () => undefined,
  };
  const trend = class {
    add(value: unknown): void {
      trace.push(`add ${JSON.stringify(value)}`);
    }
  };
  const data = {
    SharedArray: function SharedArray(_: string, fill: () => unknown[]): unknown[] {
      return fill();
    },
  };
  const metrics = { Trend: trend, Counter: trend, Rate: trend, Gauge: trend };
  const execution = { test: { abort: () => undefined }, vu: { idInTest: 1 }, scenario: { name: 'default' } };
  const named = { k6, 'k6/http': http, 'k6/metrics': metrics, 'k6/data': data, 'k6/execution': execution };
  return Object.fromEntries(Object.entries(named).map(([name, module]) => [name, { ...module, default: module }]));
}

function response(settle: Settle, url: string): Record<string, unknown> {
  return {
    url,
    status: url.includes('missing') ? 404 : 200,
    body: `body of ${url}`,
    headers: { 'Content-Type': 'text/plain' },
    json: () => ({ id: url.length, items: [1, 2, 3], links: [`${url}/a`, `${url}/b`] }),
    submitForm: () => settle('submit', url, () => response(settle, `${url}/submitted`)),
    clickLink: () => settle('click', url, () => response(settle, `${url}/clicked`)),
  };
}

function after(value: unknown, then: (value: unknown) => unknown): unknown {
  return value instanceof Promise ? value.then(then) : then(value);
}

function check(trace: string[], value: unknown, checks: [string, unknown][], passed = true): unknown {
  const [first, ...rest] = checks;
  if (first === undefined) return passed;
  const [name, condition] = first;
  return after(typeof condition === 'function' ? condition(value) : condition, (held) => {
    trace.push(`check ${name} ${Boolean(held)}`);
    return check(trace, value, rest, passed && Boolean(held));
  });
}

/** Writes the files to a folder of their own; the first is the script. */
export async function transformFiles(files: Files | string, options?: TransformOptions): Promise<TransformedScript> {
  return rewriteBundle(await bundleFiles(files), options);
}

export async function bundleFiles(files: Files | string): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'firedrill-k6-'));
  try {
    const entries = typeof files === 'string' ? [['script.js', files] as const] : Object.entries(files);
    for (const [name, text] of entries) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return await bundleScript(join(folder, entries[0]?.[0] ?? ''));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Init, setup, iterations, scenarios' functions, teardown, summary: everything a test run calls, in turn. */
export async function traceOf(script: TransformedScript, blocking: boolean): Promise<string[]> {
  const { host, trace } = createHost(blocking);
  try {
    const exported = compileScript(script)(host);
    const call = async (name: string, ...given: unknown[]): Promise<unknown> => {
      const body = exported[name];
      return typeof body === 'function' ? await body(...given) : undefined;
    };
    const data = await call('setup');
    for (let count = 0; count < ITERATIONS; count += 1) await call('default', data);
    for (const name of Object.keys(exported).sort()) if (!OWN_NAMES.has(name)) await call(name, data);
    await call('teardown', data);
    trace.push(`summary ${JSON.stringify(await call('handleSummary', {}))}`);
  } catch (error) {
    trace.push(`thrown ${error instanceof Error ? error.message : String(error)}`);
  }
  return trace;
}
const OWN_NAMES = new Set(['setup', 'default', 'teardown', 'handleSummary', 'options']);

/** The trace of the script as it is, every call over when it returns; and that of the rewritten one. */
export async function bothTraces(files: Files | string): Promise<{ script: TransformedScript; plain: string[]; rewritten: string[] }> {
  const bundle = await bundleFiles(files);
  const script = rewriteBundle(bundle);
  const untouched = rewriteBundle(bundle, { path: 'quickjs' });
  return { script, plain: await traceOf(untouched, true), rewritten: await traceOf(script, false) };
}
