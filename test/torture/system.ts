/**
 * The small system that is tortured: a web server, a client that talks to it without pause, a cache, a database with its standby,
 * and a bystander that may not be touched. All restart by themselves, as a real system's parts do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { LABEL } from '../../runners/docker/labels.ts';
import { AGENT_IMAGE } from '../helpers/agent-stage.ts';

export const SYSTEM_LABEL = 'firedrill.tortured';
const NETWORK = 'tortured';
/** By role, where it keeps data on a volume. */
const VOLUMES: Readonly<Partial<Record<string, string>>> = { web: '/data', primary: '/data', standby: '/data' };
/** Where its programs write as they work, so that what lies there differs from look to look. */
const POSTGRES_WRITES = ['/data', '/dev/shm'];
export const DATA_PATHS = { 'tortured-primary': POSTGRES_WRITES, 'tortured-standby': POSTGRES_WRITES };

/** Roles that faults may be aimed at, as the label `role` has them. */
export const ROLES = ['web', 'client', 'cache', 'primary', 'standby'] as const;
export type Role = (typeof ROLES)[number];

export const POSTGRES_IMAGE = 'firedrill/fabric-postgres:local';
export const REDIS_IMAGE = 'firedrill/fabric-redis:local';
const REDIS = ['redis-server', '--bind', '0.0.0.0', '--protected-mode', 'no', '--save', '', '--appendonly', 'no'];

/** How long the system may take until all of it runs again. */
const SETTLE_LIMIT_MS = 30_000;

export interface TorturedSystem {
  /** Container names, the same in every run. */
  readonly names: readonly string[];
  /** Resolves when every container runs, or the time for it is over, with those that do not. */
  settled(): Promise<readonly string[]>;
  pidOf(role: Role): Promise<number>;
}

/** Brings it up on an engine that has the agent's image. */
export async function bringUp(docker: Docker): Promise<TorturedSystem> {
  const labels = { [SYSTEM_LABEL]: 'yes' };
  await docker.createNetwork({ Name: NETWORK, Labels: labels });
  const node = (script: string) => ({ Image: AGENT_IMAGE, Entrypoint: ['node', '-e', script] });
  const start = async (role: Role | 'bystander', program: { Image: string; Entrypoint: string[] }) => {
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
  };
  await start('web', node(WEB));
  await start('cache', { Image: REDIS_IMAGE, Entrypoint: REDIS });
  await start('primary', { Image: POSTGRES_IMAGE, Entrypoint: ['bash', '-c', PRIMARY] });
  await start('standby', { Image: POSTGRES_IMAGE, Entrypoint: ['bash', '-c', STANDBY] });
  await start('bystander', node(WEB));
  await start('client', node(CLIENT));
  const names = [...ROLES, 'bystander'].map((role) => `tortured-${role}`);
  return {
    names,
    pidOf: async (role) => (await docker.getContainer(`tortured-${role}`).inspect()).State.Pid,
    async settled() {
      const limitMs = performance.now() + SETTLE_LIMIT_MS;
      let amiss: readonly string[] = names;
      while (amiss.length > 0) {
        if (performance.now() > limitMs) break;
        const states = await Promise.all(names.map((name) => stateOf(docker, name)));
        amiss = states.flatMap((state, index) => (state === 'running' ? [] : [`${names[index]} (${state})`]));
        if (amiss.length > 0) await sleep(100);
      }
      return amiss;
    },
  };
}

async function stateOf(docker: Docker, name: string): Promise<string> {
  return docker
    .getContainer(name)
    .inspect()
    .then(
      (found) => found.State.Status,
      (error: unknown) => String(error),
    );
}

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
