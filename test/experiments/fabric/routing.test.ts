import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edgeConfig } from '../../../experiments/fabric/services/edge-config.ts';
import { frontDoorConfig } from '../../../experiments/fabric/services/front-door-config.ts';
import { distanceMs, nearestFirst, parseRegion, parseRegions, REGIONS } from '../../../experiments/fabric/services/regions.ts';

/** Names and kinds of the servers of a backend, in the order of the file. */
function serversOf(config: string, backend: string): readonly string[] {
  const [, section = ''] = config.split(`\nbackend ${backend}\n`);
  return (section.split('\nbackend ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('  server '))
    .map((line) => `${line.split(/\s+/)[2]}${line.endsWith(' backup') ? ' backup' : ''}`);
}

test('every pair of regions has a distance, the same both ways', () => {
  for (const one of REGIONS) {
    for (const other of REGIONS) {
      assert.ok(Number.isFinite(distanceMs(one, other)), `${one} ${other}`);
      assert.equal(distanceMs(one, other), distanceMs(other, one));
    }
    assert.equal(nearestFirst(one, REGIONS)[0], one);
  }
});

test('viewers in South America go to their own edge, then to us-east-1, then farther', () => {
  const config = frontDoorConfig({ deployed: REGIONS, failover: true, steering: true });
  assert.deepEqual(serversOf(config, 'viewers-sa-east-1'), [
    'sa-east-1',
    'us-east-1 backup',
    'eu-central-1 backup',
    'ap-northeast-1 backup',
    'ap-southeast-1 backup',
  ]);
});

test('without failover the configuration lacks the backups and differs in nothing else', () => {
  const protectedLines = frontDoorConfig({ deployed: REGIONS, failover: true, steering: false }).split('\n');
  const unprotected = frontDoorConfig({ deployed: REGIONS, failover: false, steering: true });
  const backups = protectedLines.filter((line) => line.endsWith(' backup'));
  assert.equal(backups.length, REGIONS.length * (REGIONS.length - 1));
  assert.equal(protectedLines.filter((line) => !line.endsWith(' backup')).join('\n'), unprotected);
});

test('searches beyond what the nearest region has room for go to the next that has fewer; without steering these rules are all that is missing', () => {
  const steered = frontDoorConfig({ deployed: REGIONS, failover: true, steering: true }).split('\n');
  const rules = steered.filter((line) => line.startsWith('  use-server '));
  assert.equal(rules.length, REGIONS.length * (REGIONS.length - 1));
  const full = (region: string) => `{ srv_conn(viewers-sa-east-1/${region}) ge 6 }`;
  const [first] = rules.filter((line) => line.includes('viewers-sa-east-1/'));
  assert.equal(first, `  use-server us-east-1 if { path_beg /search/ } ${full('sa-east-1')} !${full('us-east-1')}`);
  assert.deepEqual(
    steered.filter((line) => !line.startsWith('  use-server ')).join('\n'),
    frontDoorConfig({ deployed: REGIONS, failover: true, steering: false }),
  );
  assert.doesNotMatch(
    frontDoorConfig({ deployed: REGIONS, failover: false, steering: true }),
    /use-server/,
    'there is nowhere to steer to',
  );
});

test('viewers of a region that is not deployed go to the nearest one that is', () => {
  const config = frontDoorConfig({ deployed: ['us-east-1', 'ap-southeast-1'], failover: false, steering: true });
  assert.deepEqual(serversOf(config, 'viewers-ap-northeast-1'), ['ap-southeast-1']);
  assert.deepEqual(serversOf(config, 'viewers-sa-east-1'), ['us-east-1']);
  assert.deepEqual(serversOf(config, 'region-sa-east-1'), []);
});

test('a region counts as up only when an answer names it', () => {
  const frontDoor = frontDoorConfig({ deployed: REGIONS, failover: true, steering: true });
  for (const region of REGIONS) {
    assert.match(
      frontDoor,
      new RegExp(
        `backend region-${region}\\n  option httpchk GET /healthz\\n  http-check expect hdr name x-served-by-region value ${region}\\n`,
      ),
    );
    assert.match(edgeConfig(region), new RegExp(`http-check expect hdr name x-served-by-region value ${region}\\n`));
  }
});

test('an edge spreads over its own two manifest services', () => {
  assert.deepEqual(serversOf(edgeConfig('eu-central-1'), 'manifest'), ['manifest-a', 'manifest-b']);
  assert.match(edgeConfig('eu-central-1'), /manifest-a-eu-central-1:8080/);
});

test('a list of regions always holds home and keeps the order of the table', () => {
  assert.deepEqual(parseRegions('sa-east-1'), ['us-east-1', 'sa-east-1']);
  assert.deepEqual(parseRegions(' ap-southeast-1, eu-central-1,'), ['us-east-1', 'eu-central-1', 'ap-southeast-1']);
  assert.deepEqual(parseRegions(''), REGIONS);
});

test('a region that does not exist is refused by name', () => {
  assert.throws(() => parseRegion('mars-north-1'), /'mars-north-1' is not a region; there are us-east-1/);
  assert.throws(() => parseRegions('us-east-1,eu-west-9'), /eu-west-9/);
});
