/**
 * The reference system, tortured: two of its regions, with viewers who watch all the time. It is the fabric as it is, but for one thing:
 * its containers get a restart policy, because nobody else would start what a blow has ended, a target or the whole engine.
 */
import { fileURLToPath } from 'node:url';
import type Docker from 'dockerode';
import { composeSystem } from '../../../runners/docker/compose-system.ts';
import { COMPOSE_LABEL } from '../../../runners/docker/labels.ts';
import { recipesOf } from '../../../runners/docker/recipes.ts';
import { AGENT_IMAGE } from '../../helpers/agent-stage.ts';
import { ASK_CACHE, askDatabase, type Part, pidOf, type TortureSystem, untilWell } from './system.ts';

export const FABRIC_FILE = fileURLToPath(new URL('../../../experiments/fabric/compose.yaml', import.meta.url));
const PROJECT = 'tortured';
const SYSTEM_LABEL = `${COMPOSE_LABEL.project}=${PROJECT}`;
const REGIONS = 'us-east-1,sa-east-1';
/** A replica that was removed copies its primary before it is well, and is looked at only every few seconds. */
const SETTLE_LIMIT_MS = 120_000;

const HTTP = { 'http-fault': { port: 8080 }, 'connection-hog': { port: 8080 }, 'disk-fill': { path: '/tmp' } };
/** A call that changes nothing, done and undone. */
const CALLED = {
  'http-call': { url: 'http://127.0.0.1:8080/healthz', method: 'GET', undo: { url: 'http://127.0.0.1:8080/healthz', method: 'GET' } },
};
/** A program on Node. */
const NODE = { ...HTTP, ...CALLED, 'descriptor-hog': {}, 'memory-limit': {} };
const DATABASE = { database: 'fabric' };

const PARTS: Readonly<Record<string, Part>> = {
  'front-door': { listens: 8080, talksTo: ['edge'], suffers: { ...HTTP, ...CALLED, 'dns-failure': { names: ['edge-us-east-1'] } } },
  edge: { listens: 8080, talksTo: ['front-door', 'manifest'], suffers: { ...HTTP, ...CALLED, 'memory-limit': {} } },
  manifest: {
    listens: 8080,
    talksTo: ['edge', 'cache', 'replica'],
    suffers: { ...NODE, 'dns-failure': { names: ['*.us-east-1', 'redis-us-east-1'] } },
  },
  cache: {
    listens: 6379,
    talksTo: ['manifest'],
    suffers: {
      'cache-evict': {},
      'cache-freeze': {},
      'descriptor-hog': {},
      'connection-hog': { port: 6379 },
      'process-kill': { process: 'redis-server', back: 'restart' },
      'disk-fill': { path: '/tmp' },
    },
  },
  replica: {
    listens: 5432,
    talksTo: ['manifest', 'primary'],
    suffers: {
      'db-connections': DATABASE,
      'replication-pause': DATABASE,
      'process-kill': { pattern: 'walreceiver', back: 'respawn' },
      'disk-fill': { path: '/tmp' },
    },
  },
  primary: {
    listens: 5432,
    talksTo: ['replica', 'writer', 'worker'],
    suffers: { 'db-connections': DATABASE, 'db-lock': { ...DATABASE, table: 'heartbeat' }, 'disk-fill': { path: '/tmp' } },
    // Its data would be gone for good, and with them whom the replicas could follow.
    spared: ['container-remove'],
  },
  writer: {
    listens: 8080,
    talksTo: ['primary'],
    suffers: { ...NODE, 'dns-failure': { names: ['primary'] } },
  },
  worker: {
    listens: 8080,
    talksTo: ['primary'],
    suffers: { ...NODE, 'cron-sync': { command: ['run-jobs'] } },
  },
  prometheus: {
    listens: 8080,
    talksTo: ['front-door', 'manifest'],
    suffers: { 'connection-hog': { port: 9090 }, 'disk-fill': { path: '/tmp' } },
  },
};

/** Where a database and its like write as they work; all others, what their health check found. */
const POSTGRES_WRITES = ['/data', '/tmp', '/dev/shm'];
const WRITES: Readonly<Record<string, readonly string[]>> = {
  primary: POSTGRES_WRITES,
  replica: POSTGRES_WRITES,
  prometheus: ['/data', '/tmp/well'],
};
const WRITES_DEFAULT = ['/tmp/well'];

const ASKS: Readonly<Record<string, readonly string[]>> = {
  primary: askDatabase('127.0.0.1'),
  replica: askDatabase('127.0.0.1'),
  cache: ASK_CACHE,
};

const PASSING = [
  // Every look at the health of a part, and every page that a small part serves, is a process or several.
  /^(?:runc init|bash -c read -ra first|sleep 9 |cat |timeout 5 |psql -qAtX |redis-cli .*ping)/,
  /^\/bin\/(?:ba)?sh \/usr\/local\/bin\/(?:healthz|answer-http)|^socat TCP-LISTEN:8080,/,
  // A database has a process for each connection, and clients come and go; who holds one for us is seen as a process of its own.
  /^postgres: (?:monitor|reader|writer|replicator|postgres) /,
];

export const fabric: TortureSystem = {
  name: 'fabric',
  parts: PARTS,
  several: true,
  images: () => recipesOf(FABRIC_FILE),
  async bringUp(docker, log) {
    const environment = { ...process.env, FABRIC_REGIONS: REGIONS };
    const system = await composeSystem(docker, FABRIC_FILE, { environment, log, project: PROJECT });
    await system.up({});
    const listed = await docker.listContainers({ all: true, filters: { label: [SYSTEM_LABEL] } });
    const targets = listed.map((each) => ({ name: each.Names[0]?.slice(1) ?? each.Id, role: each.Labels['role'] ?? '' }));
    for (const { name } of targets) await docker.getContainer(name).update({ RestartPolicy: { Name: 'always' } });
    const viewers = await startViewers(docker);
    const names = [...targets.map(({ name }) => name), viewers];
    return {
      targets: targets.map(({ name }) => name).sort(),
      scope: {
        system: SYSTEM_LABEL,
        passing: PASSING,
        asks: Object.fromEntries(targets.flatMap(({ name, role }) => (ASKS[role] ? [[name, ASKS[role]]] : []))),
        dataPaths: Object.fromEntries(targets.map(({ name, role }) => [name, WRITES[role] ?? WRITES_DEFAULT])),
      },
      settled: () => untilWell(docker, names, SETTLE_LIMIT_MS),
      pidOf: (name) => pidOf(docker, name),
    };
  },
};

/** In the fabric's network, and not to be touched. */
async function startViewers(docker: Docker): Promise<string> {
  const name = `${PROJECT}-viewers`;
  const container = await docker.createContainer({
    name,
    Image: AGENT_IMAGE,
    Entrypoint: ['node', '-e', VIEWERS],
    StopTimeout: 1,
    Labels: { [COMPOSE_LABEL.project]: PROJECT, role: 'viewers' },
    HostConfig: { Init: true, NetworkMode: `${PROJECT}_default`, RestartPolicy: { Name: 'always' } },
  });
  await container.start();
  return name;
}

const VIEWERS = `
const http = require('node:http');
const regions = ['us-east-1', 'sa-east-1'];
let count = 0;
setInterval(() => {
  const path = count % 3 === 0 ? '/live/channel-' + (1 + count % 5) : '/manifest/video-' + (1 + count % 60);
  const headers = { 'x-viewer-region': regions[count++ % 2] };
  http.get({ host: 'front-door', port: 8080, path, headers, agent: false, timeout: 3000 }, (response) => response.resume())
    .on('error', () => {}).on('timeout', function () { this.destroy(); });
}, 100);
`;
