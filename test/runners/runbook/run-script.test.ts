import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runScript } from '../../../runners/runbook/run-script.ts';

const STAGE = { container: { id: 'abc', name: 'db' }, move: 'run' } as const;
const SIGNAL = new AbortController().signal;
const TIMEOUT_MS = 30_000;

function script(t: { after(clean: () => void): void }, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-script-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'script.mjs'), text);
  return join(folder, 'script.mjs');
}

/** Whether a process still lives when it had time to end; one that nobody has collected yet is dead. */
async function livesOn(pid: number): Promise<boolean> {
  const limitMs = performance.now() + TIMEOUT_MS;
  const lives = () => {
    try {
      return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  };
  while (lives() && performance.now() < limitMs) await sleep(20);
  return lives();
}

test('a script is given its arguments as they are, and is told for which container and why', async (t) => {
  const path = script(
    t,
    'console.log(JSON.stringify([argv._, process.env.FIREDRILL_CONTAINER_NAME, process.env.FIREDRILL_MOVE])); process.exitCode = 3;',
  );
  const args = ['a b', '$(touch /tmp/never)', "'; exit 0", '*'];
  const ended = await runScript({ path, args, timeoutMs: TIMEOUT_MS }, STAGE, SIGNAL);
  assert.deepEqual([ended.code, JSON.parse(ended.said)], [3, [args, 'db', 'run']]);
});

test('a script that takes too long is ended, with what it started', async (t) => {
  const path = script(t, 'const child = $`sleep 60`; await child.pid; console.log((await child.pid) ?? child.child.pid); await child;');
  const ended = await runScript({ path, args: [], timeoutMs: 1500 }, STAGE, SIGNAL);
  assert.equal(ended.code, undefined);
  assert.match(ended.said, /ended after 1500 ms at most/);
  const pid = Number(/\d+$/.exec(ended.said)?.[0]);
  assert.ok(pid > 0, ended.said);
  assert.equal(await livesOn(pid), false);
});

test('a script for which there is no time left is not begun', async (t) => {
  const path = script(t, "import { writeFileSync } from 'node:fs'; writeFileSync(argv._[0], 'begun');");
  const note = `${path}.begun`;
  await assert.rejects(
    runScript({ path, args: [note], timeoutMs: TIMEOUT_MS }, STAGE, AbortSignal.abort()),
    /no time left for .*script\.mjs/,
  );
  assert.ok(!existsSync(note));
});

test('a script ends with the process that runs it, whatever ends that', async (t) => {
  const path = script(t, "import { writeFileSync } from 'node:fs'; writeFileSync(argv._[0], String(process.pid)); await sleep(60_000);");
  const note = `${path}.pid`;
  const module = new URL('../../../runners/runbook/run-script.ts', import.meta.url);
  const call = JSON.stringify([{ path, args: [note], timeoutMs: TIMEOUT_MS }, STAGE]);
  const program = `import { runScript } from '${module}'; await runScript(...${call}, new AbortController().signal);`;
  const runner = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' });
  while (!existsSync(note) || readFileSync(note, 'utf8') === '') await sleep(20);
  const pid = Number(readFileSync(note, 'utf8'));
  assert.ok(existsSync(`/proc/${pid}`));
  runner.kill('SIGKILL');
  assert.equal(await livesOn(pid), false);
});
