/**
 * The small system: a web server, a client that talks to it without pause, a cache, a database with its standby, and a bystander that
 * may not be touched. All restart by themselves, as a real system's parts do. The web server runs under libfaketime.
 */
import { fileURLToPath } from 'node:url';
import type Docker from 'dockerode';
import { tagOf } from '../../../runners/docker/images.ts';
import { LABEL } from '../../../runners/docker/labels.ts';
import { recipesOf } from '../../../runners/docker/recipes.ts';
import { AGENT_IMAGE } from '../../helpers/agent-stage.ts';
import { FABRIC_FILE } from './fabric.ts';
import { ASK_CACHE, askDatabase, type Part, pidOf, type TortureSystem, untilWell } from './system.ts';

const SYSTEM_LABEL = 'firedrill.tortured';
const NETWORK = 'tortured';
/** How long it may take until all of it runs again. */
const SETTLE_LIMIT_MS = 30_000;

const POSTGRES_IMAGE = 'firedrill/fabric-postgres:local';
const REDIS_IMAGE = 'firedrill/fabric-redis:local';
const FAKETIME = {
  name: 'firedrill/test-faketime',
  folder: fileURLToPath(new URL('../../fixtures/faketime-image', import.meta.url)),
  node: true,
  bundles: [],
};

const SCRATCH = { 'disk-fill': { path: '/scratch' } };
const NODE = {
  ...SCRATCH,
  'descriptor-hog': {},
  'memory-limit': {},
  'process-kill': { process: 'node' },
  'http-call': { url: 'http://127.0.0.1:8080/off', undo: { url: 'http://127.0.0.1:8080/on' } },
};

const PARTS: Readonly<Record<string, Part>> = {
  web: {
    listens: 8080,
    talksTo: ['client'],
    suffers: {
      ...NODE,
      'http-fault': { port: 8080 },
      'connection-hog': { port: 8080 },
      'clock-skew': { url: 'http://127.0.0.1:8080/' },
    },
  },
  client: { listens: 8080, talksTo: ['web', 'cache'], suffers: { ...NODE, 'dns-failure': { names: ['tortured-web'] } } },
  cache: {
    listens: 6379,
    talksTo: ['client'],
    suffers: { ...SCRATCH, 'descriptor-hog': {}, 'connection-hog': { port: 6379 }, 'cache-evict': {}, 'cache-freeze': {} },
  },
  primary: { listens: 5432, talksTo: ['standby'], suffers: { ...SCRATCH, 'db-lock': { table: 'jobs' }, 'db-connections': {} } },
  standby: { listens: 5432, talksTo: ['primary'], suffers: { ...SCRATCH, 'db-connections': {}, 'replication-pause': {} } },
};
const TARGETS = Object.keys(PARTS).map((role) => `tortured-${role}`);

/** By role, where it keeps data on a volume. */
const VOLUMES: Readonly<Partial<Record<string, string>>> = { web: '/data', primary: '/data', standby: '/data' };
/** Where its programs write as they work, so that what lies there differs from look to look. */
const POSTGRES_WRITES = ['/data', '/dev/shm'];
const DATA_PATHS = {
  'tortured-primary': POSTGRES_WRITES,
  'tortured-standby': POSTGRES_WRITES,
  // libfaketime shares its state there, under the numbers of processes.
  'tortured-web': ['/dev/shm'],
};

const ASKS = { 'tortured-primary': askDatabase('/data'), 'tortured-standby': askDatabase('/data'), 'tortured-cache': ASK_CACHE };

interface Program {
  readonly Image: string;
  readonly Entrypoint: string[];
  readonly Env?: string[];
}

export const small: TortureSystem = {
  name: 'small',
  parts: PARTS,
  several: false,
  async images() {
    const parts = (await recipesOf(FABRIC_FILE)).filter((each) => [REDIS_IMAGE, POSTGRES_IMAGE].includes(tagOf(each)));
    return [...parts, FAKETIME];
  },
  async bringUp(docker) {
    await docker.createNetwork({ Name: NETWORK, Labels: { [SYSTEM_LABEL]: 'yes' } });
    const node = (script: string) => ({ Image: AGENT_IMAGE, Entrypoint: ['node', '-e', script] });
    await start(docker, 'web', { Image: tagOf(FAKETIME), Entrypoint: ['sh', '-c', WEB_BY_A_FILE, 'sh', WEB], Env: FAKED });
    await start(docker, 'cache', { Image: REDIS_IMAGE, Entrypoint: REDIS });
    await start(docker, 'primary', { Image: POSTGRES_IMAGE, Entrypoint: ['bash', '-c', PRIMARY] });
    await start(docker, 'standby', { Image: POSTGRES_IMAGE, Entrypoint: ['bash', '-c', STANDBY] });
    await start(docker, 'bystander', node(WEB));
    await start(docker, 'client', node(CLIENT));
    return {
      targets: TARGETS,
      scope: { system: `${SYSTEM_LABEL}=yes`, dataPaths: DATA_PATHS, asks: ASKS },
      settled: () => untilWell(docker, [...TARGETS, 'tortured-bystander'], SETTLE_LIMIT_MS),
      pidOf: (name) => pidOf(docker, name),
    };
  },
};

async function start(docker: Docker, role: string, program: Program): Promise<void> {
  const labels = { [SYSTEM_LABEL]: 'yes' };
  const volume = VOLUMES[role];
  if (volume !== undefined) await docker.createVolume({ Name: `tortured-${role}`, Labels: labels });
  const container = await docker.createContainer({
    name: `tortured-${role}`,
    ...program,
    StopTimeout: 1,
    Labels: { ...labels, role, ...(role === 'bystander' ? {} : { [LABEL.allow]: 'true' }) },
    HostConfig: {
      Init: true,
      NetworkMode: NETWORK,
      RestartPolicy: { Name: 'always' },
      Tmpfs: { '/scratch': 'size=64m' },
      Memory: 2 ** 29,
      MemorySwap: 2 ** 29,
      ...(volume === undefined ? {} : { Binds: [`tortured-${role}:${volume}`] }),
    },
  });
  await container.start();
}

const REDIS = ['redis-server', '--bind', '0.0.0.0', '--protected-mode', 'no', '--save', '', '--appendonly', 'no'];

/** The clock's file lies on the volume, so that it outlives a container that is made anew. */
const FAKED = [
  'LD_PRELOAD=/usr/local/lib/libfaketime.so',
  'FAKETIME_TIMESTAMP_FILE=/data/now',
  'FAKETIME_CACHE_DURATION=1',
  'FAKETIME_DONT_FAKE_MONOTONIC=1',
];
const WEB_BY_A_FILE = '[ -e /data/now ] || echo +0 > /data/now; exec node -e "$1"';

const WEB = `
const net = require('node:net'), http = require('node:http'), dgram = require('node:dgram');
http.createServer((request, response) => response.end('well\\n')).listen(8080);
net.createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(7000);
const udp = dgram.createSocket('udp4').bind(7001);
udp.on('message', (message, from) => udp.send(message, from.port, from.address));
require('node:fs').writeFileSync('/scratch/well', 'well');
`;

const POSTGRES =
  "exec postgres -D /data/cluster -c listen_addresses='*' -c max_connections=25 -c fsync=off -c autovacuum=off -c hba_file=/data/hba -c unix_socket_directories=/data";
const HBA = "printf 'local all all trust\\nhost all all all trust\\nhost replication all all trust\\n' > /data/hba";
const PRIMARY = `set -e; ${HBA}
if [ ! -s /data/cluster/PG_VERSION ]; then
  initdb -D /data/cluster --no-sync --auth=trust -U postgres >/dev/null
  echo 'create table jobs (id int primary key);' | postgres --single -D /data/cluster postgres >/dev/null
fi
${POSTGRES}`;
const STANDBY = `set -e; ${HBA}
if [ ! -s /data/cluster/PG_VERSION ]; then
  until pg_basebackup -D /data/copy -h tortured-primary -U postgres -c fast -X stream --no-sync; do rm -rf /data/copy; sleep 0.3; done
  mv /data/copy /data/cluster; touch /data/cluster/standby.signal
fi
${POSTGRES} -c primary_conninfo='host=tortured-primary user=postgres connect_timeout=3'`;

const CLIENT = `
const net = require('node:net'), http = require('node:http'), dgram = require('node:dgram');
const connect = (host, port, word) => {
  const socket = net.connect(port, host);
  const talk = setInterval(() => socket.write(word()), 20);
  const again = () => { clearInterval(talk); socket.destroy(); setTimeout(connect, 200, host, port, word); };
  socket.on('error', () => {}).once('close', again).on('data', () => {});
};
connect('tortured-web', 7000, () => 'word');
let key = 0;
connect('tortured-cache', 6379, () => 'SET key:' + (key++ % 500) + ' value\\r\\n');
const udp = dgram.createSocket('udp4');
udp.on('error', () => {});
setInterval(() => udp.send('word', 7001, 'tortured-web', () => {}), 20);
setInterval(() => http.get({ host: 'tortured-web', port: 8080, agent: false, timeout: 1000 }, (response) => response.resume()).on('error', () => {}).on('timeout', function () { this.destroy(); }), 100);
http.createServer((request, response) => response.end('well\\n')).listen(8080);
`;
