/**
 * A system for composites: a region of two, a primary with a replica, a cache and who fills it, workers, a zone, a dependency and a bystander; and an experiment
 * with every composite.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AGENT_IMAGE, type Stage } from './agent-stage.ts';
import { fabricImage } from './fault-life.ts';
import { type TinySystem, tinySystem } from './tiny-system.ts';

/** Keys that the cache is kept filled with. */
export const KEYS = 2_000;
/** Ten steps are armed before, on a busy machine too. */
const AT = '25s';
/** Long enough for all of them to be looked at, one after the other on a busy machine. */
const LASTS = '20s';

/** Composites with targets of their own, so that they do not meet. */
export const COMPOSED = `title: Every composite
system: compose.yaml
targets:
  east: {labels: {role: east}}
  primary: {labels: {role: primary}}
  replica: {labels: {role: replica}}
  cache: {labels: {role: cache}}
  jobs: {labels: {role: job}}
  zone: {labels: {role: zone}}
  dependency: {labels: {role: dependency}}
probes:
  state: {probe: container, target: cache, every: 250ms}
steady-state-hypothesis:
  - {reading: state, tolerance: running}
method:
  - {at: ${AT}, fault: region-blackout, target: east, duration: ${LASTS}}
  - {at: ${AT}, fault: replication-throttling, target: replica, to: primary, delay: 1s, duration: ${LASTS}}
  - {at: ${AT}, fault: cache-eviction-storm, target: cache, consent: not-undone}
  - {at: ${AT}, fault: synchronized-cron, target: jobs, consent: not-undone, command: [sh, -c, "date +%s%N > /tmp/began"]}
  - {at: ${AT}, fault: zone-degraded, target: zone, cpus: 0.2, duration: ${LASTS}}
  - {at: ${AT}, fault: dependency-brownout, target: dependency, port: 8080, share: 50%, duration: ${LASTS}}
watch: 5s
limits: {max-share: 100%}
`;

/** Makes sure of the images and writes the Compose file; nothing is started. */
export async function composedSystem(stage: Stage): Promise<TinySystem> {
  const redis = await fabricImage(stage, 'fabric-redis');
  const system = await tinySystem('composites');
  const node = (role: string, script: string) => service(role, AGENT_IMAGE, ['node', '-e', script]);
  const services = {
    'east-1': node('east', WEB),
    'east-2': node('east', WEB),
    primary: node('primary', PRIMARY),
    replica: node('replica', REPLICA),
    cache: service('cache', redis, ['redis-server', '--save', '', '--protected-mode', 'no']),
    filler: node('filler', FILLER),
    'job-1': node('job', IDLE),
    'job-2': node('job', IDLE),
    'job-3': node('job', IDLE),
    zone: node('zone', WEB),
    dependency: node('dependency', WEB),
    bystander: node('bystander', WEB),
  };
  await writeFile(join(system.folder, 'compose.yaml'), JSON.stringify({ version: '3.7', services }));
  return system;
}

/** JSON is YAML; Compose takes `$` for a variable. */
function service(role: string, image: string, command: readonly string[]) {
  const entrypoint = command.map((word) => word.replaceAll('$', '$$$$'));
  return { image, entrypoint, init: true, stop_grace_period: '1s', labels: { 'firedrill.allow': 'true', role } };
}

/** Fills what is missing of the keys, every 200 ms; answers with how many were ever missing. */
const FILLER = `
const net = require('node:net');
const FILL = "local missing = 0; for key = 1, ${KEYS} do if redis.call('set', 'key:' .. key, 'value', 'nx') then missing = missing + 1 end end; return missing";
let missing = 0;
const fill = () => {
  const socket = net.connect(6379, 'cache', () => socket.write('*3\\r\\n$4\\r\\nEVAL\\r\\n$' + FILL.length + '\\r\\n' + FILL + '\\r\\n$1\\r\\n0\\r\\n'));
  socket.on('data', (said) => { missing += Number(/^:(\\d+)/.exec(said)?.[1] ?? 0); socket.end(); });
  socket.on('error', () => {}).on('close', () => setTimeout(fill, 200));
};
fill();
require('node:http').createServer((request, response) => response.end(String(missing))).listen(8080);
`;

const IDLE = 'setInterval(() => {}, 1000)';

/** `/spin` burns 40 ms of processor time and says how long that took. */
const WEB = `
require('node:http').createServer((request, response) => {
  if (request.url !== '/spin') return response.end('well');
  const began = performance.now(), used = process.cpuUsage();
  for (let spent = 0; spent < 40000;) { const now = process.cpuUsage(used); spent = now.user + now.system; }
  response.end(String(performance.now() - began));
}).listen(8080);
`;

/** Says its clock on every connection, every 50 ms. */
const PRIMARY = `
require('node:net').createServer((socket) => {
  const telling = setInterval(() => socket.write(Date.now() + '\\n'), 50);
  socket.setNoDelay(true).on('error', () => {}).on('close', () => clearInterval(telling));
}).listen(5432);
`;

/** Answers with how old the last word of the primary was when it came. */
const REPLICA = `
const net = require('node:net');
let lag = 0;
const follow = () => {
  const socket = net.connect(5432, 'primary');
  let text = '';
  socket.on('data', (chunk) => { const lines = (text += chunk).split('\\n'); text = lines.pop(); for (const line of lines) lag = Date.now() - Number(line); });
  socket.on('error', () => {}).on('close', () => setTimeout(follow, 200));
};
follow();
require('node:http').createServer((request, response) => response.end(String(lag))).listen(8080);
`;
