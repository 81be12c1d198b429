import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ContainerLine, listSystem, resolveTargets } from '../../../runners/docker/targets.ts';
import { FiredrillError } from '../../../runners/failure.ts';

/** An engine that holds these lines and filters by label as engines do. */
function engineWith(lines: readonly ContainerLine[]) {
  return {
    listContainers({ filters }: { filters: Readonly<Record<string, string[]>> }) {
      const wanted = filters['label'] ?? [];
      return Promise.resolve(
        lines.filter((line) => wanted.every((pair) => `${line.Labels[pair.split('=')[0] ?? '']}` === pair.split('=')[1])),
      );
    },
  };
}

function line(name: string, more: Partial<ContainerLine> & { region?: string; project?: string; service?: string } = {}): ContainerLine {
  const { region = 'sa-east-1', project = 'fabric', service = name, ...rest } = more;
  return {
    Id: `id-${name}`,
    Names: [`/${name}`],
    Image: 'some/image',
    State: 'running',
    Status: 'Up 3 seconds',
    NetworkSettings: {
      Networks: { b: { IPAddress: '10.0.0.2', GlobalIPv6Address: '' }, a: { IPAddress: '10.1.0.2', GlobalIPv6Address: 'fd00::2' } },
    },
    ...rest,
    Labels: {
      region,
      'com.docker.compose.project': project,
      'com.docker.compose.service': service,
      'com.docker.compose.oneoff': 'False',
      ...more.Labels,
    },
  };
}

describe('resolving targets', () => {
  test('gives those that match every line of the selector, in the order of their names', async () => {
    const docker = engineWith([line('z'), line('a'), line('m', { region: 'eu-central-1' })]);
    const targets = await resolveTargets(docker, { labels: { region: 'sa-east-1' } }, { project: 'fabric' });
    assert.deepEqual(
      targets.map((each) => each.name),
      ['a', 'z'],
    );
    const [only] = await resolveTargets(docker, { labels: { region: 'sa-east-1' }, service: 'z' }, { project: 'fabric' });
    assert.equal(only?.name, 'z');
    assert.deepEqual(only?.addresses, ['10.0.0.2', '10.1.0.2', 'fd00::2']);
  });

  test('counts only containers of the system where one is named', async () => {
    const docker = engineWith([line('mine'), line('other', { project: 'shop' })]);
    assert.deepEqual(
      (await resolveTargets(docker, { labels: { region: 'sa-east-1' } }, { project: 'fabric' })).map((each) => each.name),
      ['mine'],
    );
    assert.equal((await resolveTargets(docker, { labels: { region: 'sa-east-1' } }, {})).length, 2);
  });

  test('takes no one-off container, nothing of our own, and nothing that does not run', async () => {
    const docker = engineWith([
      line('one-off', { Labels: { 'com.docker.compose.oneoff': 'True' } }),
      line('agent', { Labels: { 'firedrill.role': 'agent' } }),
      line('ended', { State: 'exited' }),
      line('paused', { State: 'paused' }),
    ]);
    assert.deepEqual(
      (await resolveTargets(docker, {}, { project: 'fabric' })).map((each) => each.name),
      ['paused'],
    );
    assert.deepEqual(
      (await listSystem(docker, 'fabric')).map((each) => each.name),
      ['ended', 'paused'],
    );
  });

  test('writable volumes and bind mounts make a target persistent, read-only ones do not', async () => {
    const docker = engineWith([
      line('a', { Mounts: [{ Type: 'volume', RW: true }] }),
      line('b', { Mounts: [{ Type: 'bind', RW: false }] }),
      line('c', { Mounts: [{ Type: 'tmpfs', RW: true }] }),
    ]);
    assert.deepEqual(
      (await listSystem(docker, 'fabric')).map((each) => each.persistent),
      [true, false, false],
    );
  });

  test('none at all is an error of exit code 7 that says what there is', async () => {
    const docker = engineWith([line('router'), line('cache')]);
    await assert.rejects(resolveTargets(docker, { service: 'database' }, { project: 'fabric' }), (error) => {
      assert(error instanceof FiredrillError);
      assert.equal(error.code, 'no-target');
      assert.equal(error.exitCode, 7);
      assert.match(error.message, /'fabric' matches service database/);
      assert.match(error.hint ?? '', /cache, router; regions: sa-east-1/);
      return true;
    });
  });

  test('matching ones that do not run are named with their state', async () => {
    await assert.rejects(
      resolveTargets(engineWith([line('cache', { State: 'exited' })]), { service: 'cache' }, { project: 'fabric' }),
      /cache \(exited\)/,
    );
  });
});
