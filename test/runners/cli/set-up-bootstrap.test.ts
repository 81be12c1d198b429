import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SET_UP = fileURLToPath(new URL('../../../runners/cli/set-up/', import.meta.url));
const BOOTSTRAP = fileURLToPath(new URL('../../../runners/cli/bootstrap.mjs', import.meta.url));

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firedrill-bootstrap-'));
});
after(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

function runModule(source: string, environment: NodeJS.ProcessEnv = process.env): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '--eval', source], { env: environment });
}

describe('handing over to a child', () => {
  /** Runs a program under runToEnd, as the parent that an old Node leaves behind. */
  const parentOf = (...command: readonly string[]) =>
    runModule(`
      import { runToEnd } from ${JSON.stringify(join(SET_UP, 'child.mjs'))};
      const [program, ...args] = ${JSON.stringify(command)};
      process.exit(await runToEnd(program, args, process.env));
    `);

  test('ends with the exit code of the child', async () => {
    assert.equal((await ended(parentOf('/bin/sh', '-c', 'exit 42'))).code, 42);
  });

  test('ends with 128 and the number of the signal that ended the child', async () => {
    assert.equal((await ended(parentOf('/bin/sh', '-c', 'kill -KILL $$'))).code, 128 + constants.signals.SIGKILL);
  });

  test('ends with 127 where the program is not there', async () => {
    assert.equal((await ended(parentOf(join(folder, 'nothing')))).code, 127);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    test(`passes ${signal} on once, and lives until the child has ended`, async () => {
      const script = join(folder, `${signal}.sh`);
      await writeFile(
        script,
        `#!/bin/sh\ncount=0\ntrap 'count=$((count+1))' ${signal.slice(3)}\necho ready\nwhile [ $count -eq 0 ]; do sleep 0.05; done\nsleep 0.2\necho "heard $count"\nexit 5\n`,
      );
      await chmod(script, 0o755);
      const parent = parentOf(script);
      parent.stdout?.once('data', () => parent.kill(signal));
      const { code, stdout } = await ended(parent);
      assert.deepEqual([code, stdout], [5, 'ready\nheard 1\n']);
    });
  }
});

describe('the bootstrap', () => {
  test('runs tools by the package’s own Node and becomes them, exit code and all', async () => {
    const { code, stdout } = await ended(spawn(process.execPath, [BOOTSTRAP, 'exec', 'sh', '-c', 'node --version; exit 9']));
    assert.equal(code, 9);
    assert.ok(Number.parseInt(stdout.slice(1), 10) >= 24, stdout);
  });

  test('refuses what it does not know', async () => {
    const { code, stderr } = await ended(spawn(process.execPath, [BOOTSTRAP, 'strat']));
    assert.equal(code, 4);
    assert.match(stderr, /'strat' is none of start, cli, test, bench, exec/);
  });

  test('says that a tool is not there', async () => {
    const { code, stderr } = await ended(spawn(process.execPath, [BOOTSTRAP, 'exec', 'no-such-tool']));
    assert.equal(code, 127);
    assert.match(stderr, /'no-such-tool' is not there/);
  });
});

describe('an old Node', () => {
  const ask = (call: string) => `import * as node from ${JSON.stringify(join(SET_UP, 'node.mjs'))}; process.stdout.write(String(${call}));`;

  test('is known by its version', async () => {
    for (const [version, modern] of [
      ['20.19.0', 'false'],
      ['23.11.1', 'false'],
      ['24.0.0', 'true'],
      ['100.1.0', 'true'],
    ] as const) {
      assert.equal((await ended(runModule(ask(`node.nodeIsModern('${version}')`)))).stdout, modern);
    }
  });
});

describe('the npm dependencies', () => {
  let checkout = '';
  let tools = '';

  /** A checkout with a lock, and an `npm` that writes down its calls and installs what `installs` says. */
  async function makeCheckout(name: string, options: { npm: string; installed?: object }): Promise<void> {
    checkout = join(folder, name);
    tools = join(folder, `${name}-tools`);
    await mkdir(join(checkout, 'node_modules'), { recursive: true });
    await mkdir(tools);
    await writeFile(join(checkout, 'package-lock.json'), JSON.stringify(LOCK));
    if (options.installed) await writeFile(join(checkout, 'node_modules', '.package-lock.json'), JSON.stringify(options.installed));
    await writeFile(join(tools, 'npm'), `#!/bin/sh\necho "$@" >> ${checkout}/calls\n${options.npm}\n`);
    await chmod(join(tools, 'npm'), 0o755);
  }

  const LOCK = {
    packages: {
      '': { name: 'x' },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
      'node_modules/elsewhere': { version: '1.0.0', integrity: 'sha512-e', optional: true },
    },
  };
  const INSTALLED = { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } } };
  const STALE = { packages: { 'node_modules/a': { version: '0.9.0', integrity: 'sha512-z' } } };
  const INSTALL = `printf '%s' '${JSON.stringify(INSTALLED)}' > node_modules/.package-lock.json`;

  const ensure = () =>
    ended(
      runModule(
        `import { ensurePackages } from ${JSON.stringify(join(SET_UP, 'packages.mjs'))}; process.exit((await ensurePackages(${JSON.stringify(checkout)})) ? 0 : 7);`,
        { ...process.env, PATH: `${tools}:${process.env['PATH']}` },
      ),
    );
  const calls = async () => (await readFile(join(checkout, 'calls'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

  test('that are those of the lock are left alone, optional ones of other platforms missing', async () => {
    await makeCheckout('current', { npm: 'exit 1', installed: INSTALLED });
    assert.equal((await ensure()).code, 0);
    assert.deepEqual(await calls(), []);
  });

  test('that are missing, older, or more than the lock names are installed from the lock', async () => {
    const extra = { packages: { ...INSTALLED.packages, 'node_modules/extra': { version: '1.0.0' } } };
    for (const [name, installed] of Object.entries({ missing: undefined, older: STALE, extra })) {
      await makeCheckout(name, { npm: INSTALL, ...(installed ? { installed } : {}) });
      assert.equal((await ensure()).code, 0);
      assert.deepEqual(
        (await calls()).map((call) => call.split(' ')[0]),
        ['ci'],
      );
    }
  });

  test('are installed once when several calls come together', async () => {
    await makeCheckout('together', { npm: `sleep 0.3\n${INSTALL}` });
    const results = await Promise.all([ensure(), ensure(), ensure()]);
    assert.deepEqual(
      results.map((each) => each.code),
      [0, 0, 0],
    );
    assert.equal((await calls()).length, 1);
  });

  test('are installed though a lock was left by a process that is gone', async () => {
    await makeCheckout('left', { npm: INSTALL });
    const gone = spawn('/bin/true');
    await once(gone, 'exit');
    await mkdir(join(checkout, '.firedrill'));
    await writeFile(join(checkout, '.firedrill', 'install.lock'), String(gone.pid));
    assert.equal((await ensure()).code, 0);
  });

  test('that cannot be reached end in one message that says so', async () => {
    await makeCheckout('offline', { npm: 'echo "npm error code ENOTFOUND" >&2; exit 1' });
    const { code, stderr } = await ensure();
    assert.equal(code, 7);
    assert.match(stderr, /could not reach the registry\.\n {2}hint: when the network is there, type: npm ci/);
  });

  test('whose installation ends well without them being there are not taken for installed', async () => {
    await makeCheckout('lying', { npm: 'exit 0' });
    const { code, stderr } = await ensure();
    assert.equal(code, 7);
    assert.match(stderr, /is not what package-lock\.json names/);
  });
});
