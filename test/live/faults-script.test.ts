/** Scripts of the user's in real runs: what they do, that their undo is run however the run ends, and that a sweep runs it where the runner died. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { readJournal } from '../../runners/journal/reader.ts';
import { latestReport } from '../helpers/firedrill-process.ts';
import { type TinySystem, tinySystem } from '../helpers/tiny-system.ts';

/** A name that no shell would hand on as it is. */
const FLAG = `flag; rm -rf "$HOME" $(true) 'a b'.txt`;
const RAISE = `import { writeFileSync } from 'node:fs';
writeFileSync(argv._[0], process.env.FIREDRILL_CONTAINER_NAME + ' ' + process.env.FIREDRILL_MOVE);
const kept = await $\`cat \${argv._[0]}\`;
console.log('raised: ' + kept.stdout);`;
const LOWER = `import { appendFileSync, rmSync } from 'node:fs';
appendFileSync('undone.log', process.env.FIREDRILL_MOVE + '\\n');
rmSync(argv._[0], { force: true });`;
const LOOK = `import { existsSync } from 'node:fs';
process.exitCode = existsSync(argv._[0]) ? 0 : 1;`;

let system: TinySystem;
let healthy: readonly string[];

before(async () => {
  system = await tinySystem('script');
  for (const [name, text] of Object.entries({ raise: RAISE, lower: LOWER, look: LOOK, nothing: '', 'fails-to-lower': 'process.exit(9)' }))
    writeFileSync(join(system.folder, `${name}.mjs`), text);
  const up = await system.run(['up', 'compose.yaml', '--yes']);
  assert.equal(up.exitCode, 0, up.stderr);
  healthy = await system.containers();
});

afterEach(() => {
  rmSync(join(system.folder, 'undone.log'), { force: true });
  rmSync(join(system.folder, FLAG), { force: true });
});

after(() => system.close());

function experiment(settings: string, consent = 'undone-by-runner', duration = '2s'): Promise<string> {
  const args = JSON.stringify([FLAG]);
  return system.experiment(`title: A script
system: compose.yaml
targets: {allowed: {service: allowed}}
load:
  scenarios:
    all: {executor: constant-arrival-rate, rate: 10, duration: 40s, requests: [{url: "http://127.0.0.1:1/"}]}
probes:
  state: {probe: container, target: allowed, every: 250ms}
steady-state-hypothesis:
  - {reading: state, tolerance: running, over: 500ms}
method:
  - {at: 1500ms, fault: script, target: allowed, duration: ${duration}, ${settings}, args: ${args}, undo-args: ${args}${consent === '' ? '' : `, consent: ${consent}`}}
limits: {max-share: 100%}
watch: 1s
`);
}

const flag = () => (existsSync(join(system.folder, FLAG)) ? readFileSync(join(system.folder, FLAG), 'utf8') : undefined);
const undoings = () => (existsSync(join(system.folder, 'undone.log')) ? readFileSync(join(system.folder, 'undone.log'), 'utf8') : '');

async function assertClean(): Promise<void> {
  assert.equal(flag(), undefined);
  assert.deepEqual(await system.containers(), healthy);
}

test('a script does its work, is proven by another, and is undone by a third; no shell sees their arguments', async (t) => {
  const file = await experiment('run: raise.mjs, undo: lower.mjs, prove: look.mjs');
  const running = system.start(['run', file, '--yes']);
  await running.until(/in effect since/);
  assert.match(flag() ?? '', /allowed.* run$/);
  const outcome = await running.ended;
  assert.equal(outcome.exitCode, 0, outcome.stdout + outcome.stderr);
  const [fault] = (await latestReport(system.folder)).faults;
  t.diagnostic(JSON.stringify(fault));
  assert.equal(fault?.state, 'undone');
  assert.equal(undoings(), 'undo\n');
  await assertClean();
});

test('without the file’s consent it is refused, and nothing is run', async () => {
  const outcome = await system.run(['run', await experiment('run: raise.mjs, undo: lower.mjs', ''), '--yes']);
  assert.equal(outcome.exitCode, 3);
  assert.match(outcome.stderr, /consent: undone-by-runner/);
  assert.equal(undoings(), '');
});

test('a script that does nothing is not proven, and its undo is run', async () => {
  const outcome = await system.run(['run', await experiment('run: nothing.mjs, undo: lower.mjs, prove: look.mjs'), '--yes']);
  assert.equal(outcome.exitCode, 2, outcome.stdout + outcome.stderr);
  assert.match(outcome.stdout, /no effect: .*look\.mjs ended with 1/);
  assert.equal(undoings(), 'undo\n');
  await assertClean();
});

test('a script that is not there is refused in arming', async () => {
  const outcome = await system.run(['run', await experiment('run: raised.mjs, undo: lower.mjs'), '--yes']);
  assert.equal(outcome.exitCode, 7, outcome.stdout + outcome.stderr);
  assert.match(outcome.stdout + outcome.stderr, /there is no script at .*raised\.mjs/);
  await assertClean();
});

test('Ctrl-C runs the undo, and ends no script', async () => {
  const running = system.start(['run', await experiment('run: raise.mjs, undo: lower.mjs', 'undone-by-runner', '30s'), '--yes']);
  await running.until(/in effect since/);
  running.child.kill('SIGINT');
  assert.equal((await running.ended).exitCode, 5);
  assert.equal(undoings(), 'undo\n');
  await assertClean();
});

test('after kill -9 of the runner the sweep on its machine runs the undo, and says so in the journal', async () => {
  const running = system.start([
    'run',
    await experiment('run: raise.mjs, undo: lower.mjs, prove: look.mjs', 'undone-by-runner', '30s'),
    '--yes',
  ]);
  const text = await running.until(/in effect since/);
  running.child.kill('SIGKILL');
  await running.ended;
  assert.notEqual(flag(), undefined, 'the agent cannot undo it');
  const swept = await system.run(['sweep', '--yes']);
  assert.equal(swept.exitCode, 0, swept.stdout + swept.stderr);
  assert.match(swept.stdout, /undone by its script/);
  assert.equal(undoings(), 'undo\n');
  await assertClean();
  const { events } = await readJournal(`${system.folder}/.firedrill/runs/${/(\d{8}-\d{6}-\w{4})/.exec(text)?.[1]}/journal.ndjson`);
  assert.ok(events.some((event) => event.type === 'fault.undone' && event.fault === 'script'));
  assert.match((await system.run(['sweep', '--yes'])).stdout, /nothing is left behind/);
});

test('an undo that fails ends the run with exit code 6, and the sweep tries again', async () => {
  const outcome = await system.run(['run', await experiment('run: raise.mjs, undo: fails-to-lower.mjs'), '--yes']);
  assert.equal(outcome.exitCode, 6, outcome.stdout + outcome.stderr);
  assert.match(outcome.stdout + outcome.stderr, /fails-to-lower\.mjs ended with 9/);
  assert.equal((await system.run(['sweep', '--yes'])).exitCode, 6);
  writeFileSync(join(system.folder, 'fails-to-lower.mjs'), LOWER);
  assert.equal((await system.run(['sweep', '--yes'])).exitCode, 0);
  await assertClean();
});
