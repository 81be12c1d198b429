/**
 * The four first drills on the real fabric: each passes as it stands, and each fails for the right reason when the one
 * protection is switched off, which is the only thing that differs between the two systems.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Report } from '../../reports/report.ts';
import { connectEngine } from '../../runners/docker/engine.ts';
import { inside, until } from '../helpers/agent-stage.ts';
import { firedrill, latestEvents, latestReport, root, scratchFolder, startFiredrill } from '../helpers/firedrill-process.ts';
import { type Configuration, configurationOf, differences } from '../helpers/inspected.ts';

const compose = join(root, 'experiments/fabric/compose.yaml');
const drills = [
  { file: 'region-blackout.yaml', protection: 'failover', variable: 'FABRIC_FAILOVER' },
  { file: 'replication-throttling.yaml', protection: 'no-errors', variable: 'FABRIC_STALE_SERVING' },
  { file: 'cache-eviction-storm.yaml', protection: 'no-stampede', variable: 'FABRIC_MUTEX' },
  { file: 'synchronized-cron.yaml', protection: 'starts-are-spread', variable: 'FABRIC_CRON_JITTER' },
] as const;

/** Long enough for a drill of 70 s and for bringing its system into shape. */
const DRILL_MS_MAX = 240_000;
/** A machine that was too busy to tell is asked again; a verdict is taken as it is. */
const ATTEMPTS_MAX = 3;

before(async () => {
  const folder = await scratchFolder('up');
  const up = await firedrill(['up', compose, '--yes'], folder);
  assert.equal(up.exitCode, 0, up.stderr);
});

after(async () => {
  const folder = await scratchFolder('down');
  const down = await firedrill(['down', compose], folder);
  assert.equal(down.exitCode, 0, down.stderr);
});

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

interface Drilled {
  readonly report: Report;
  readonly exitCode: number | null;
  readonly configuration: Configuration;
  readonly output: string;
}

/** Drills until everything is judged, or something is open that is not the generator's own lateness. */
async function drill(file: string, variant: string | undefined, tell: (text: string) => void): Promise<Drilled> {
  for (let attempt = 1; ; attempt += 1) {
    const drilled = await drillOnce(file, variant);
    const { verdict, objectives, generator, why } = drilled.report;
    const open = verdict === 'inconclusive' || objectives.some(({ state }) => state === 'unknown');
    if (!open || !generator.limited || attempt === ATTEMPTS_MAX) return drilled;
    tell(`drilled again, since the generator was late: ${why.join(' ')}`);
  }
}

async function drillOnce(file: string, variant: string | undefined): Promise<Drilled> {
  const folder = await scratchFolder('drill');
  const running = startFiredrill(['run', join(root, 'experiments', file), '--yes', ...(variant ? ['--variant', variant] : [])], folder);
  await running.until(/steady state/i);
  const docker = await connectEngine(process.env);
  const configuration = await configurationOf(docker, 'role');
  const { exitCode, stdout, stderr } = await running.ended;
  return { report: await latestReport(folder), exitCode, configuration, output: `${stdout}\n${stderr}` };
}

const states = (report: Report) => Object.fromEntries(report.objectives.map((objective) => [objective.name, objective.state]));

for (const { file, protection, variable } of drills) {
  test(`${file} passes, and fails in exactly one objective without its protection`, {
    timeout: 2 * ATTEMPTS_MAX * DRILL_MS_MAX,
  }, async (context) => {
    const tell = (text: string) => context.diagnostic(text);
    const held = await drill(file, undefined, tell);
    assert.equal(held.exitCode, 0, held.output);
    assert.equal(held.report.verdict, 'passed');
    assert.deepEqual(new Set(Object.values(states(held.report))), new Set(['held']), JSON.stringify(states(held.report)));

    const broken = await drill(file, 'unprotected', tell);
    assert.equal(broken.exitCode, 1, broken.output);
    assert.equal(broken.report.verdict, 'failed');
    const expected = { ...states(held.report), [protection]: 'broken' };
    assert.deepEqual(states(broken.report), expected, JSON.stringify(broken.report.objectives, undefined, 1));

    for (const { report } of [held, broken]) {
      for (const fault of report.faults) {
        assert.ok(fault.inEffectAtMs !== null && fault.proof, `${fault.name} was not proven`);
        assert.ok(fault.undoneBy !== 'agent' || fault.undoneAtMs !== null, `${fault.name} was not undone`);
      }
    }
    const changed = differences(held.configuration, broken.configuration);
    assert.ok(changed.length > 0, 'the variant changed nothing');
    for (const change of changed) assert.match(change, new RegExp(`Env.*${variable}=`), changed.join('\n'));
    context.diagnostic(`${protection}: ${held.report.why.join(' ')} | unprotected: ${broken.report.why.join(' ')}`);
  });
}

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
