/** Variants of one experiment run in turn on a real system: judged across, each put back, and ended together. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type SetReport, setReportSchema } from '../../reports/set/set-report.ts';
import { type TinySystem, tinyExperiment, tinySystem } from '../helpers/tiny-system.ts';

/** More than any lateness of the load generator on a busy machine, which is allowed for and would leave the comparison open. */
const SLOW_MS = 500;

let system: TinySystem;
let healthy: readonly string[];
let server: Server;
let url: string;

before(async () => {
  server = createServer((request, response) => setTimeout(() => response.end('ok'), request.url === '/slow' ? SLOW_MS : 0));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  url = `http://127.0.0.1:${address.port}`;
  system = await tinySystem('variants');
  const up = await system.run(['up', 'compose.yaml', '--yes']);
  assert.equal(up.exitCode, 0, up.stderr);
  healthy = await system.containers();
});

after(async () => {
  server.close();
  await system.close();
});

function experiment(): string {
  return `title: Quick and slow
system: compose.yaml
load:
  scenarios:
    all: {executor: constant-arrival-rate, rate: 50, duration: 15s, requests: [{url: "${url}/quick"}]}
variants:
  slow: {environment: {TINY_MODE: slow}, load: {scenarios: {all: {requests: [{url: "${url}/slow"}]}}}}
  alike: {environment: {TINY_MODE: alike}}
comparisons:
  quicker: {variant: plain, baseline: slow, measure: {load: http_req_latency, aggregate: med}, expect: difference<=-50%}
  no-more-failures: {variant: alike, baseline: plain, measure: {load: http_req_failed, aggregate: rate}, expect: difference<0.02}
`;
}

async function newestSet(): Promise<SetReport> {
  const sets = join(system.folder, '.firedrill/sets');
  const id = (await readdir(sets)).sort().at(-1) ?? '';
  return setReportSchema.parse(JSON.parse(await readFile(join(sets, id, 'report.json'), 'utf8')));
}

test('variants are run in turn and judged across, and the system is left as it was found', { timeout: 300_000 }, async () => {
  const file = await system.experiment(experiment());
  const outcome = await system.run(['run', file, '--variants', 'all', '--yes']);
  assert.equal(outcome.exitCode, 0, `${outcome.stdout}\n${outcome.stderr}`);
  const report = await newestSet();
  assert.deepEqual(
    report.runs.map(({ variant, verdict }) => [variant, verdict]),
    [
      ['plain', 'passed'],
      ['slow', 'passed'],
      ['alike', 'passed'],
    ],
  );
  const [quicker] = report.comparisons;
  assert.ok(quicker?.difference && quicker.difference.absolute < -SLOW_MS / 2, JSON.stringify(quicker));
  assert.match(outcome.stdout, /✓ quicker {2}plain against slow: held/);
  assert.deepEqual(await system.containers(), healthy);

  const [first] = report.runs;
  const against = await system.run(['run', file, '--variant', 'slow', '--baseline', first?.runId ?? '', '--yes']);
  assert.equal(against.exitCode, 1, against.stdout);
  const worse = (await newestSet()).comparisons.find(({ name }) => name === 'latency-no-worse');
  assert.equal(worse?.state, 'broken', JSON.stringify(worse));
});

test('Ctrl-C ends the whole set, undone, and what was run is judged', { timeout: 180_000 }, async () => {
  const file = await system.experiment(tinyExperiment({ duration: '40s' }));
  const running = system.start(['run', file, '--repeat', '3', '--yes']);
  await running.until(/in effect since/);
  running.child.kill('SIGINT');
  const { exitCode, stderr } = await running.ended;
  assert.equal(exitCode, 5, stderr);
  const report = await newestSet();
  assert.equal(report.runs.length, 1);
  assert.ok(report.why.includes('2 more runs were asked for and not made.'), report.why.join('\n'));
  assert.deepEqual(await system.containers(), healthy);
});
