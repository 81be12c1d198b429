/**
 * The rollout controller. POST /rollout/<build> installs a build on the new shop and takes it into rotation; POST /withdraw takes it out and
 * the good build back. Meanwhile its guard compares both every second, and takes a new build that is worse out of rotation by itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, serveHttp } from '../../fabric/services/http-service.ts';
import { Metrics } from '../../fabric/services/metrics.ts';
import { readSwitch } from '../../fabric/services/settings.ts';
import { isWorse, type Served, zOf } from './guard.ts';
import { askProxy, servedBy } from './proxy-socket.ts';

const LOOK_EVERY_MS = 1000;
const INSTALL_MS_MAX = 3000;
const NOTHING: Served = { all: 0, failed: 0 };

type State = 'none' | 'canary' | 'rolled-back';

const guarded = readSwitch(process.env, 'ROLLOUT_GUARD');
const metrics = new Metrics();
let installed = 'good';
let state: State = 'none';
/** The proxy's counters as the rollout began. */
let began: ReadonlyMap<string, Served> = new Map();
let z = Number.NaN;

async function install(build: string): Promise<Response> {
  return await fetch(`http://new:8080/build/${build}`, { method: 'POST', signal: AbortSignal.timeout(INSTALL_MS_MAX) });
}

async function rotate(to: 'ready' | 'maint'): Promise<void> {
  const said = (await askProxy(`set server new/shop state ${to}`)).trim();
  if (said !== '') throw new Error(`the proxy says: ${said}`);
}

async function counters(): Promise<ReadonlyMap<string, Served>> {
  return servedBy(await askProxy('show stat'));
}

function since(before: ReadonlyMap<string, Served>, now: ReadonlyMap<string, Served>, backend: string): Served {
  const [one, other] = [before.get(backend) ?? NOTHING, now.get(backend) ?? NOTHING];
  return { all: other.all - one.all, failed: other.failed - one.failed };
}

async function rollOut([build = '']: readonly string[], method: string): Promise<Answer> {
  if (method !== 'POST') return { status: 405, body: 'POST it' };
  const answer = await install(build);
  if (!answer.ok) return { status: answer.status, body: await answer.text() };
  [installed, began, z] = [build, await counters(), Number.NaN];
  await rotate('ready');
  state = 'canary';
  return told();
}

async function withdraw(_parts: readonly string[], method: string): Promise<Answer> {
  if (method !== 'POST') return { status: 405, body: 'POST it' };
  await rotate('maint');
  await install('good');
  [installed, state] = ['good', 'none'];
  return told();
}

function told(): Answer {
  return { status: 200, body: { installed, state, z: Number.isFinite(z) ? z : null } };
}

async function look(): Promise<void> {
  if (state !== 'canary') return;
  const now = await counters();
  const [before, after] = [since(began, now, 'old'), since(began, now, 'new')];
  z = zOf(before, after);
  if (!guarded || !isWorse(before, after)) return;
  await rotate('maint');
  state = 'rolled-back';
  metrics.count('rollout_rollbacks_total', 'New builds that were taken out of rotation for being worse.');
}

serveHttp({ port: 8080, metrics, unwell: () => undefined, routes: { rollout: rollOut, withdraw, state: told } });
const inRotation = () => (state === 'canary' ? 1 : 0);
for (;;) {
  await look().catch((error: unknown) => process.stderr.write(`${error instanceof Error ? error.message : error}\n`));
  metrics.gauge('rollout_in_rotation', 'Whether the new build is.', {}, inRotation());
  await sleep(LOOK_EVERY_MS);
}
