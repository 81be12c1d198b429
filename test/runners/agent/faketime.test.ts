import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foundIn, isSkewed, offsetIn, skewed, toldBy } from '../../../runners/agent/faketime.ts';
import { resolveLinks } from '../../../runners/agent/target-file.ts';

const TAG = 'FIREDRILL-0a1b2c3d';

test('an offset is read past comments and empty lines; nothing is no offset; a fixed time and a speed cannot be added to', () => {
  assert.deepEqual(['', '\n', '# +5\n; +6\n', '+0', '-90\n', '# a\n+1.5\n+7\n'].map(offsetIn), [0, 0, 0, 0, -90_000, 1500]);
  assert.deepEqual(['@2030-01-01 00:00:00', '+0 x2', '+1h', '2030-01-01 00:00:00', 'i2.0'].map(offsetIn), Array(5).fill(undefined));
});

test('a skew is added to the offset that was found, and carries what was found, byte for byte', () => {
  assert.equal(skewed(TAG, '+0\n', 3_600_000), `# ${TAG} found KzAK\n+3600\n`);
  assert.equal(offsetIn(skewed(TAG, '-90\n', 60_000)), -30_000);
  assert.equal(offsetIn(skewed(TAG, '', -1500)), -1500);
  for (const found of ['', '+0', '+0\r\n\n', '# \u00fc\u00ff\u0000\n+5\n']) assert.equal(foundIn(TAG, skewed(TAG, found, 1000)), found);
});

test('a text of others is not ours, nor is one of another run', () => {
  assert.equal(foundIn(TAG, '+3600\n'), undefined);
  assert.equal(foundIn(TAG, skewed('FIREDRILL-ffffffff', '+0', 1000)), undefined);
  assert.equal(foundIn(TAG, ''), undefined);
  assert.deepEqual([skewed(TAG, '+0', 1), '+0', `# ${TAG}\n+0`].map(isSkewed), [true, false, false]);
});

test('a process is told by a file, unless its environment outrules it; how long it keeps that is told too', () => {
  const file = 'FAKETIME_TIMESTAMP_FILE=/etc/clock';
  assert.deepEqual(toldBy(['HOME=/', file, 'LD_PRELOAD=a.so', 'SECRET=x']), {
    path: '/etc/clock',
    cacheMs: 10_000,
    environment: [file, 'LD_PRELOAD=a.so'],
  });
  assert.equal(toldBy([file, 'FAKETIME_CACHE_DURATION=2']).cacheMs, 2000);
  assert.equal(toldBy([file, 'FAKETIME_NO_CACHE=1', 'FAKETIME_CACHE_DURATION=2']).cacheMs, 0);
  assert.throws(() => toldBy([file, 'FAKETIME=+1h']), /FAKETIME=\+1h, which outrules every file/);
  assert.throws(() => toldBy(['FAKETIME_TIMESTAMP_FILE=clock']), /absolute path/);
  assert.throws(() => toldBy([]), /names no file/);
});

test('links in a container are followed below its own root', () => {
  const links: Readonly<Record<string, string>> = {
    '/var/run': '/run',
    '/run/clock': '../etc/clock',
    '/etc/clock': 'real',
    '/up': '../../../etc',
  };
  const at = (path: string) => links[path];
  assert.equal(resolveLinks('/var/run/clock', at), '/etc/real');
  assert.equal(resolveLinks('/up/passwd', at), '/etc/passwd');
  assert.equal(resolveLinks('/tmp//a/./b', at), '/tmp/a/b');
  assert.throws(() => resolveLinks('/a', () => '/a'), /in a circle/);
});
