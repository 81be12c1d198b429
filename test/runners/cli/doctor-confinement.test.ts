import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confinementCheck } from '../../../runners/cli/commands/doctor/engine-checks.ts';
import { confinementOf } from '../../../runners/docker/engine-facts.ts';

test('what confines containers is read from the engine’s words, old and present ones', () => {
  assert.deepEqual(confinementOf(['name=apparmor', 'name=seccomp,profile=builtin', 'name=cgroupns']), ['apparmor', 'seccomp', 'cgroupns']);
  assert.deepEqual(confinementOf(['seccomp']), ['seccomp']);
});

test('doctor says what is lifted for the agent, and that a rootless engine cannot be drilled', () => {
  assert.deepEqual(confinementCheck(['selinux', 'seccomp', 'userns']), {
    name: 'confinement',
    state: 'ok',
    found: 'selinux, seccomp, userns; for the agent alone selinux, userns is lifted',
  });
  assert.equal(confinementCheck(['seccomp']).found, 'seccomp');
  const rootless = confinementCheck(['seccomp', 'rootless']);
  assert.equal(rootless.state, 'bad');
  assert.match(`${rootless.found} ${rootless.hint}`, /not be root on that host.*runs as root/);
});
