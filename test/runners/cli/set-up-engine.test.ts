import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import Docker from 'dockerode';
import type { Consent } from '../../../runners/cli/set-up/debian.ts';
import { ensureCompose, ensureEngine } from '../../../runners/cli/set-up/engine.ts';
import { ensureTool } from '../../../runners/cli/set-up/tools.ts';
import { EXIT, FiredrillError } from '../../../runners/failure.ts';
import { DEBIAN, type Pretence, type PretendMachine, pretendMachine, UBUNTU } from './pretend-machine.ts';

const ENGINE = new Docker({ socketPath: '/nowhere' });
const silent: Consent = { assumed: true, log: () => undefined };

/** An engine that answers once the daemon of the pretended machine was started. */
function connectTo(machine: PretendMachine) {
  return () => {
    if (machine.files.has('daemon')) return Promise.resolve(ENGINE);
    return Promise.reject(
      new FiredrillError('engine-missing', 'No Docker engine answers.', { hint: 'Start Docker.', exitCode: EXIT.groundUnfit }),
    );
  };
}

/** apt that installs what it is told to, and a daemon that comes up. */
const working: Pretence = {
  onRun(command, machine) {
    if (command.startsWith('apt-get install'))
      for (const name of command.split(' ')) machine.programs.add(name === 'docker.io' ? 'dockerd' : name);
    if (command === 'systemctl start docker') machine.files.set('daemon', 'up');
    return undefined;
  },
  onStart(_command, machine) {
    machine.files.set('daemon', 'up');
    return undefined;
  },
};

function installed(machine: PretendMachine): readonly string[] {
  return machine.commands
    .filter((command) => command.startsWith('apt-get install'))
    .map((command) => command.replace(/^.*Timeout=\d+ /, ''));
}

describe('an engine', () => {
  test('that answers is used as it is', async () => {
    const machine = pretendMachine({ files: { ...DEBIAN, daemon: 'up' } });
    assert.equal(await ensureEngine(machine, silent, connectTo(machine)), ENGINE);
    assert.deepEqual([machine.commands, machine.started], [[], []]);
  });

  test('is installed with fresh package lists and started in the background on a bare Debian', async () => {
    const machine = pretendMachine(working);
    assert.equal(await ensureEngine(machine, silent, connectTo(machine)), ENGINE);
    assert.match(machine.commands[0] ?? '', /^apt-get update /);
    assert.deepEqual(installed(machine), ['docker.io iptables']);
    assert.deepEqual(machine.started, ['/usr/bin/dockerd']);
  });

  test('is started by systemd where systemd runs', async () => {
    const machine = pretendMachine({ ...working, files: { ...UBUNTU, '/proc/1/comm': 'systemd\n' }, programs: ['apt-get', 'systemctl'] });
    await ensureEngine(machine, silent, connectTo(machine));
    assert.ok(machine.commands.includes('systemctl start docker'));
    assert.deepEqual(machine.started, []);
  });

  test('that the package itself has started is only waited for', async () => {
    const machine = pretendMachine({
      ...working,
      onRun(command, pretended) {
        working.onRun?.(command, pretended);
        if (command.startsWith('apt-get install')) pretended.files.set('daemon', 'up');
        return undefined;
      },
    });
    await ensureEngine(machine, silent, connectTo(machine));
    assert.deepEqual(machine.started, []);
  });

  test('that DOCKER_HOST names and that does not answer is an error, and nothing is installed', async () => {
    const machine = pretendMachine({ ...working, environment: { DOCKER_HOST: 'unix:///dead.sock' } });
    await assert.rejects(ensureEngine(machine, silent, connectTo(machine)), { code: 'engine-missing', exitCode: 7 });
    assert.deepEqual([machine.commands, machine.started], [[], []]);
  });

  for (const [who, pretence] of [
    ['a user who is not root', { isRoot: false }],
    ['a Mac', { platform: 'darwin', files: {}, programs: [] }],
    ['another Linux', { files: { '/etc/os-release': 'ID=arch\n' }, programs: [] }],
  ] as const) {
    test(`is not installed for ${who}, who is told what to type`, async () => {
      const machine = pretendMachine({ ...working, ...pretence });
      await assert.rejects(ensureEngine(machine, silent, connectTo(machine)), (error) => {
        assert(error instanceof FiredrillError);
        assert.equal(error.exitCode, 7);
        assert.match(error.hint ?? '', /Install and start Docker|apt-get install docker\.io/);
        return true;
      });
      assert.deepEqual([machine.commands, machine.started], [[], []]);
    });
  }

  test('is not installed when the person says no, and is when they say yes', async () => {
    const questions: string[] = [];
    const answering = (answer: string): Consent => ({
      assumed: false,
      log: () => undefined,
      ask: (question) => {
        questions.push(question);
        return Promise.resolve(answer);
      },
    });
    const refused = pretendMachine(working);
    await assert.rejects(ensureEngine(refused, answering('n'), connectTo(refused)), { code: 'declined', exitCode: 7 });
    assert.deepEqual(refused.commands, []);
    const accepted = pretendMachine(working);
    await ensureEngine(accepted, answering('y'), connectTo(accepted));
    assert.deepEqual(installed(accepted), ['docker.io iptables']);
    assert.match(questions[0] ?? '', /Install docker\.io, iptables with apt-get\? \[Y\/n\]/);
  });

  test('whose packages cannot be had is an error with the last words of apt', async () => {
    const machine = pretendMachine({
      onRun: (command) =>
        command.startsWith('apt-get install') ? { exitCode: 100, output: 'E: Unable to locate package docker.io' } : undefined,
    });
    await assert.rejects(ensureEngine(machine, silent, connectTo(machine)), /code 100:\nE: Unable to locate package docker\.io/);
  });
});

describe('Compose', () => {
  /** `docker compose` is not there; `docker-compose` is when it was installed; apt knows these packages. */
  const knowing = (...known: string[]): Pretence => ({
    programs: ['apt-get', 'docker'],
    onRun(command, machine) {
      if (command.startsWith('apt-cache policy')) {
        const name = command.split(' ')[2] ?? '';
        return { exitCode: 0, output: known.includes(name) ? `${name}:\n  Candidate: 1.0\n` : '' };
      }
      if (command.startsWith('apt-get install')) machine.programs.add('docker-compose');
      return command.startsWith('docker compose') ? { exitCode: 1, output: "'compose' is not a docker command" } : undefined;
    },
  });

  test('that runs in either form is left as it is', async () => {
    for (const [programs, onRun] of [
      [['docker'], undefined],
      [['docker', 'docker-compose'], (command: string) => (command.startsWith('docker compose') ? { exitCode: 1, output: '' } : undefined)],
    ] as const) {
      const machine = pretendMachine({ programs: [...programs], ...(onRun ? { onRun } : {}) });
      await ensureCompose(machine, silent);
      assert.deepEqual(installed(machine), []);
    }
  });

  test('comes as v2 where the distribution has it, else as 1.29', async () => {
    const ubuntu = pretendMachine({ ...knowing('docker-compose-v2', 'docker-compose'), files: UBUNTU });
    await ensureCompose(ubuntu, silent);
    assert.deepEqual(installed(ubuntu), ['docker-compose-v2']);
    const debian = pretendMachine(knowing('docker-compose'));
    await ensureCompose(debian, silent);
    assert.deepEqual(installed(debian), ['docker-compose']);
  });
});

describe('a tool', () => {
  test('is found under any of its names', async () => {
    const machine = pretendMachine({ programs: ['google-chrome'] });
    assert.equal(await ensureTool(machine, 'chromium', silent), '/usr/bin/google-chrome');
  });

  test('that is missing is installed with what it needs to check signatures', async () => {
    const machine = pretendMachine(working);
    await ensureTool(machine, 'debootstrap', silent);
    assert.deepEqual(installed(machine), ['debootstrap debian-archive-keyring']);
  });
});
