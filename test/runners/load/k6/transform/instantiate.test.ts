import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileScript } from '../../../../../runners/load/k6/transform/instantiate.ts';
import { Turn } from '../../../../../runners/load/k6/transform/turn.ts';
import { createHost, traceOf, transformFiles } from './fake-host.ts';

const COUNTER = `import http from 'k6/http';
let count = 0;
export default function () { count += 1; http.get('/' + count); }`;

test('each virtual user has variables of its own', async () => {
  const factory = compileScript(await transformFiles(COUNTER));
  const traces: string[][] = [];
  for (let user = 0; user < 2; user += 1) {
    const { host, trace } = createHost(false);
    const main = factory(host)['default'];
    assert.ok(typeof main === 'function');
    await main();
    await main();
    traces.push(trace);
  }
  assert.deepEqual(traces[0], ['> get /1', '< get /1', '> get /2', '< get /2']);
  assert.deepEqual(traces[1], traces[0]);
});

test('without the awaits the same script does things side by side, and the guard cries', async () => {
  const script = `import http from 'k6/http';\nexport default function () { http.get('/1'); http.get('/2'); }`;
  const untouched = await transformFiles(script, { path: 'quickjs' });
  assert.deepEqual(await traceOf(untouched, false), ['> get /1', '> get /2', 'thrown get was called while get was still waiting.']);
  const trace = await traceOf(await transformFiles(script), false);
  assert.deepEqual(trace.slice(0, 4), ['> get /1', '< get /1', '> get /2', '< get /2']);
});

test('a turn is free again after its end', () => {
  const turn = new Turn();
  turn.begin('http.get');
  assert.throws(() => turn.begin('sleep'), { code: 'await-missing', message: 'sleep was called while http.get was still waiting.' });
  turn.end();
  turn.begin('sleep');
});

test('the guard stands before the modules of a script that awaits nothing itself', async () => {
  const script = await transformFiles(`import http, { post } from 'k6/http';
export default function () { http.get('/1'); post('/2'); }`);
  assert.equal(script.synchronous, true);
  // A missed call: the rewritten text with its awaits taken out again.
  const missed = compileScript({ ...script, code: script.code.replaceAll('await ', '') });
  const calls: string[] = [];
  const request = (name: string) => () => {
    calls.push(name);
    return new Promise((resolve) => setImmediate(resolve));
  };
  const bindings = { globals: {}, modules: { 'k6/http': { get: request('get'), post: request('post') } } };
  const main = missed(bindings)['default'];
  assert.ok(typeof main === 'function');
  await assert.rejects(async () => main(), { code: 'await-missing', message: /k6\/http post was called while k6\/http get/ });
  assert.deepEqual(calls, ['get']);
  const right = compileScript(script)(bindings)['default'];
  assert.ok(typeof right === 'function');
  await right();
  assert.deepEqual(calls, ['get', 'get', 'post']);
});

test('a call that fails gives its turn back, and a script with promises of its own is not guarded', async () => {
  const failing = compileScript(
    await transformFiles(`import http from 'k6/http';
export default function () { for (const n of [1, 2]) try { http.get(n); } catch { http.put(n); } }`),
  );
  const calls: unknown[] = [];
  const get = async (): Promise<never> => Promise.reject(new Error('no'));
  const put = async (n: unknown): Promise<unknown> => calls.push(n);
  const main = failing({ globals: {}, modules: { 'k6/http': { get, put } } })['default'];
  if (typeof main === 'function') await main();
  assert.deepEqual(calls, [1, 2]);
  const own = await transformFiles(`import http from 'k6/http';
export default function () { setTimeout(() => http.get('/'), 1); http.get('/'); }`);
  assert.equal(own.synchronous, false);
});

test('what Node has and k6 has not is hidden, unless the script has it itself', async () => {
  const script = await transformFiles(`const process = 'mine';
export default function () { return [typeof process, typeof Buffer, typeof module, typeof fetch, typeof global].join(); }`);
  const main = compileScript(script)(createHost(false).host)['default'];
  assert.equal(typeof main === 'function' ? main() : '', 'string,undefined,undefined,undefined,undefined');
});

test('names of the script that are ours too do not meet', async () => {
  const script = await transformFiles(`import http from 'k6/http';
const $modules = 'm', $globals = 'g', $sequential = 's', $fill = 'f', $default = 'd';
export default function () { [1].forEach(() => http.get(__ENV.BASE)); return $modules + $globals + $sequential + $fill + $default; }`);
  const main = compileScript(script)(createHost(false).host)['default'];
  assert.equal(typeof main === 'function' ? await main() : '', 'mgsfd');
});

test('only functions that wait become async', async () => {
  const { code } = await transformFiles(`import http from 'k6/http';
const plain = (n) => n + 1;
function waits() { return http.get('/' + plain(1)); }
export function setup() { return plain(2); }
export default function () { waits(); }`);
  assert.match(code, /async function waits/);
  assert.doesNotMatch(code, /async function setup|async \(n\)|await plain/);
});
