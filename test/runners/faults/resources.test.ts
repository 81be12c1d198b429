import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuStress } from '../../../runners/faults/cpu-stress.ts';
import { cpuThrottle } from '../../../runners/faults/cpu-throttle.ts';
import { descriptorHog } from '../../../runners/faults/descriptor-hog.ts';
import { diskFill } from '../../../runners/faults/disk-fill.ts';
import type { Fault, FaultContext } from '../../../runners/faults/fault.ts';
import { ioStress } from '../../../runners/faults/io-stress.ts';
import { ioThrottle } from '../../../runners/faults/io-throttle.ts';
import { memoryLimit } from '../../../runners/faults/memory-limit.ts';
import { memoryPressure } from '../../../runners/faults/memory-pressure.ts';
import { plannedTarget } from '../../helpers/planned-target.ts';

const CONTEXT: FaultContext = { targets: [plannedTarget('a')], select: () => [], seed: 1 };

for (const [fault, settings, effect] of [
  [cpuStress, {}, 'a: as many threads as the host has processors burn 100% of a processor each, within its own limit'],
  [cpuStress, { workers: 1, load: '50%' }, 'a: 1 thread burns 50% of a processor each, within its own limit'],
  [cpuThrottle, { cpus: 0.25 }, 'a: its quota becomes 0.25 CPUs'],
  [memoryPressure, { fill: '90%' }, 'a: memory up to 90% of its limit is held inside, 1 GiB at most'],
  [memoryPressure, { bytes: '64m' }, 'a: 64 MiB is held inside, 1 GiB at most'],
  [memoryLimit, { 'of-used': '110%' }, 'a: its memory limit becomes 110% of what it uses; beyond it the kernel kills its processes'],
  [ioStress, {}, 'a: 2 write 32 MiB in / over and over, in blocks of 64 KiB, within its own limit'],
  [
    ioThrottle,
    { 'read-bytes': '1MiB', 'write-operations': 50 },
    'a: reads at 1 MiB a second and writes 50 times a second at most, on the disk behind /',
  ],
  [descriptorHog, {}, 'a: each of its processes can open nothing more'],
  [descriptorHog, { process: 'nginx', leave: 5 }, 'a: each of its processes nginx can open 5 more'],
  [diskFill, { path: '/data' }, 'a: /data is filled until 0 B are free, with 256 MiB at most'],
] as const satisfies readonly (readonly [Fault, object, string])[]) {
  test(`${fault.name} says in a plan: ${effect}`, () => {
    assert.deepEqual(fault.plan(settings, CONTEXT).effects, [effect]);
  });
}

test('what contradicts itself or says nothing is refused while planning', () => {
  assert.throws(() => memoryPressure.plan({}, CONTEXT), { code: 'one-of' });
  assert.throws(() => memoryPressure.plan({ fill: '90%', bytes: '1m' }, CONTEXT), /`fill` and `bytes` together/);
  assert.throws(() => memoryLimit.plan({}, CONTEXT), { code: 'one-of' });
  assert.throws(() => ioThrottle.plan({}, CONTEXT), { code: 'no-rate' });
});

test('settings out of bounds are refused, with what to write', () => {
  for (const [fault, settings, why] of [
    [cpuStress, { load: '0%' }, /over 0% and up to 100%/],
    [cpuStress, { load: '101%' }, /over 0% and up to 100%/],
    [cpuThrottle, { cpus: 0 }, /0\.01/],
    [memoryPressure, { fill: '80' }, /write it like 80%/],
    [memoryLimit, { bytes: '64' }, /write it like 64MiB/],
    [ioStress, { bytes: '2GiB' }, /1MiB to 1GiB/],
    [ioStress, { block: '5k' }, /a multiple of 4KiB/],
    [ioThrottle, { 'write-bytes': '1k' }, /64KiB a second is the least/],
    [descriptorHog, { leave: 1001 }, /1000/],
    [descriptorHog, { port: 0 }, /1/],
    [diskFill, { path: 'data' }, /from the root/],
    [diskFill, {}, /path/],
  ] as const) {
    assert.throws(() => fault.plan(settings, CONTEXT), why, `${fault.name} ${JSON.stringify(settings)}`);
  }
});
