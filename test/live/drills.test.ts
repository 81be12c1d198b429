/**
 * The drills on the real fabric: each passes as it stands, and each fails for the right reason when the one
 * protection is switched off, which is the only thing that differs between the two systems. The rest of the library is played both ways
 * by `npm run bench -- library`.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connectEngine } from '../../runners/docker/engine.ts';
import { inside, until } from '../helpers/agent-stage.ts';
import { bringUp, type TwoWays, takeDown, testBothWays } from '../helpers/both-ways.ts';
import { latestEvents, root, scratchFolder, startFiredrill } from '../helpers/firedrill-process.ts';
import { configurationOf, differences } from '../helpers/inspected.ts';

const compose = 'fabric/compose.yaml';
const drills: readonly TwoWays[] = [
  { file: 'region-blackout.yaml', protection: 'failover', variable: 'FABRIC_FAILOVER' },
  { file: 'replication-throttling.yaml', protection: 'no-errors', variable: 'FABRIC_STALE_SERVING' },
  { file: 'cache-eviction-storm.yaml', protection: 'no-stampede', variable: 'FABRIC_MUTEX', brokenAbove: 5 },
  { file: 'synchronized-cron.yaml', protection: 'starts-are-spread', variable: 'FABRIC_CRON_JITTER' },
  { file: 'region-spike.yaml', protection: 'steering-brings-p95-back', variable: 'FABRIC_STEERING' },
  { file: 'burn-rate-alert.yaml', protection: 'page-ends', variable: 'FABRIC_ALERT_SHORT_WINDOW' },
];

before(() => bringUp(compose));
after(() => takeDown(compose));

/** A metric for the rate, the errors and the duration of what each kind of part is asked. */
const RED: Readonly<Record<string, readonly [rate: string, errors: string, duration: string]>> = {
  'front-door': [
    'haproxy_frontend_http_requests_total',
    'haproxy_frontend_http_responses_total',
    'haproxy_backend_total_time_average_seconds',
  ],
  edge: ['haproxy_frontend_http_requests_total', 'haproxy_frontend_http_responses_total', 'haproxy_backend_total_time_average_seconds'],
  manifest: ['http_requests_total', 'http_requests_total', 'http_request_duration_seconds'],
  worker: ['http_requests_total', 'http_requests_total', 'http_request_duration_seconds'],
  writer: ['http_requests_total', 'http_requests_total', 'http_request_duration_seconds'],
  cache: ['redis_commands_processed_total', 'redis_commands_failed_calls_total', 'redis_commands_duration_seconds_total'],
  primary: ['fabric_transactions_total', 'fabric_transactions_errors_total', 'fabric_transactions_duration_seconds_total'],
  replica: ['fabric_transactions_total', 'fabric_transactions_errors_total', 'fabric_transactions_duration_seconds_total'],
  prometheus: ['prometheus_http_requests_total', 'prometheus_http_requests_total', 'prometheus_http_request_duration_seconds'],
};

test('every part answers /healthz, and tells by /metrics the rate, errors and duration of what it is asked', async () => {
  const docker = await connectEngine(process.env);
  const parts = await docker.listContainers({ filters: JSON.stringify({ label: ['com.docker.compose.project=fabric'] }) });
  assert.equal(new Set(parts.map((part) => part.Labels['role'])).size, Object.keys(RED).length);
  for (const { Labels, Names, NetworkSettings } of parts) {
    const address = Object.values(NetworkSettings.Networks)[0]?.IPAddress;
    assert.equal((await fetch(`http://${address}:8080/healthz`)).status, 200, Names[0]);
    const metrics = await (await fetch(`http://${address}:8080/metrics`)).text();
    for (const metric of RED[Labels['role'] ?? ''] ?? []) assert.match(metrics, new RegExp(`^${metric}`, 'm'), Names[0]);
  }
});

test('a part that speaks no HTTP tells of its health by what it answers, and does so again after it had no descriptor left', async () => {
  const docker = await connectEngine(process.env);
  const filters = JSON.stringify({ label: ['com.docker.compose.project=fabric', 'role=cache'] });
  const [cache] = await docker.listContainers({ filters });
  assert.ok(cache);
  const health = `http://${Object.values(cache.NetworkSettings.Networks)[0]?.IPAddress}:8080/healthz`;
  const sh = (script: string) => inside(docker, docker.getContainer(cache.Id), ['sh', '-c', script]);
  await sh('kill -STOP $(pidof redis-server)');
  try {
    assert.equal((await fetch(health)).status, 503);
  } finally {
    await sh('kill -CONT $(pidof redis-server)');
  }
  await sh('prlimit --pid $(pidof -s socat) --nofile=4:');
  await assert.rejects(fetch(health));
  await until('it answers again', () =>
    fetch(health).then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
});

testBothWays(drills);

test('after a variant run the system has the environment that it was found with', async () => {
  const docker = await connectEngine(process.env);
  const before = await configurationOf(docker, 'role');
  const folder = await scratchFolder('restore');
  const running = startFiredrill(['run', join(root, 'experiments/region-blackout.yaml'), '--yes', '--variant', 'unprotected'], folder);
  await running.until(/steady state/i);
  assert.notDeepEqual(differences(before, await configurationOf(docker, 'role')), []);
  running.child.kill('SIGINT');
  assert.equal((await running.ended).exitCode, 5);
  assert.deepEqual(differences(before, await configurationOf(docker, 'role')), []);
  assert.ok((await latestEvents(folder)).some((event) => event.type === 'system.restored' && event.ok));
});
