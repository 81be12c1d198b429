/** What faults are measured on: many small containers of a kind, each with just the work that the fault's proof needs to see. */
import type Docker from 'dockerode';
import { ensureImages, tagOf } from '../../../runners/docker/images.ts';
import type { Target } from '../../../runners/faults/fault.ts';
import { type Actor, inside, STAGE_LABEL, type Stage, targetOf, until } from '../../helpers/agent-stage.ts';
import { fabricImage } from '../../helpers/fault-life.ts';
import { FAKETIME_IMAGE } from './faketime-image.ts';

export type GroundName = 'talkers' | 'webs' | 'busy' | 'writers' | 'redis' | 'primaries' | 'standbys' | 'faketime';

export interface Ground {
  readonly actors: readonly Actor[];
  /** The network that they are in. */
  readonly network: string;
  /** Targets that settings may name: `echo`, whom all of them talk to. */
  select(name: string): readonly Target[];
}

const STARTED_TOGETHER = 5;
const READY_MS = 120_000;
/** The image's PostgreSQL sends its log to twelve at most. */
const STANDBYS_EACH = 10;
const MIB = 1024 * 1024;

/** Talks to its echo ten times a second by datagram and over an open connection, looks a name up, writes a little, serves HTTP, and keeps a worker at work. */
const TALKER = `
const fs = require('node:fs'), net = require('node:net'), dns = require('node:dns').promises;
const host = process.argv[1];
fs.copyFileSync('/bin/sleep', '/tmp/worker');
const work = () => require('node:child_process').spawn('/tmp/worker', ['3600']).on('exit', () => setTimeout(work, 100));
work();
require('node:http').createServer((request, response) => response.end('fine')).listen(8080, '0.0.0.0');
const udp = require('node:dgram').createSocket('udp4').on('error', () => {});
let tcp;
const dial = () => { tcp = net.connect({ port: 7000, host, noDelay: true }).on('error', () => {}).on('data', () => {}).on('close', () => setTimeout(dial, 200)); };
dial();
let number = 0;
setInterval(() => { udp.send(number++ + ' ' + 'x'.repeat(200), 7001, host, () => {}); tcp.write('x\\n'); }, 100);
const resolver = new dns.Resolver({ timeout: 500, tries: 1 });
setInterval(() => resolver.resolve4('echo.drill').catch(() => {}), 500);
setInterval(() => fs.writeFile('/written', Buffer.alloc(65536), { flush: true }, () => {}), 500);
`;
/** Asks every web server twice a second. */
const ASKER = `
const http = require('node:http');
for (const host of process.argv.slice(1)) setInterval(() => http.get({ host, port: 8080, agent: false, timeout: 2000 }, (answer) => answer.resume()).on('error', () => {}), 500);
`;
/** Uses some 2 % of a processor, in one stretch of each fifth of a second. */
const BUSY = 'setInterval(() => { const end = performance.now() + 4; while (performance.now() < end); }, 200)';
/** Holds 16 MiB, and 8 MiB of a file in its page cache, which it writes anew every thirteen seconds. */
const WRITER = `
const held = Buffer.alloc(16 * 1024 * 1024, 1);
const fs = require('node:fs'), piece = held.subarray(0, 65536), end = 8 * 1024 * 1024, file = fs.openSync('/written', 'w');
let at = 0;
const write = () => { fs.writeSync(file, piece, 0, piece.length, at); at = (at + piece.length) % end; };
do write(); while (at > 0);
setInterval(write, 100);
console.log('writing');
`;
const FAKED = `mkdir -p /clock && printf '+0' > /clock/now && export LD_PRELOAD=/usr/local/lib/libfaketime.so FAKETIME_TIMESTAMP_FILE=/clock/now FAKETIME_CACHE_DURATION=1 FAKETIME_DONT_FAKE_MONOTONIC=1; exec sleep 3600`;

/** Starts so many containers of a kind, and what they need beside them; all of it goes with the stage. */
export async function startGround(stage: Stage, name: GroundName, count: number): Promise<Ground> {
  const network = await ensureNetwork(stage.docker, stage.label);
  const echo = await startEcho(stage, network);
  const start = await starterOf(stage, name, network, echo);
  const actors: Actor[] = [];
  while (actors.length < count) {
    const indexes = Array.from({ length: Math.min(STARTED_TOGETHER, count - actors.length) }, (_, index) => actors.length + index);
    actors.push(...(await Promise.all(indexes.map((index) => start(`${name}-${index}`)))));
  }
  if (name === 'webs') {
    const addresses = actors.map(({ address }) => address);
    await stage.start('asker', { Entrypoint: ['node', '-e', ASKER, ...addresses], HostConfig: { NetworkMode: network, Init: true } });
  }
  return { actors, network, select: (wanted) => (wanted === 'echo' ? [targetOf(echo)] : []) };
}

async function ensureNetwork(docker: Docker, label: string): Promise<string> {
  const found = await docker.listNetworks({ filters: JSON.stringify({ label: [`${STAGE_LABEL}=${label}`] }) });
  const name = found[0]?.Name ?? `firedrill-${label}-${process.pid}`;
  if (!found[0]) await docker.createNetwork({ Name: name, Labels: { [STAGE_LABEL]: label } });
  return name;
}

/** Removes the network that grounds were started in. */
export async function removeNetwork(docker: Docker, label: string): Promise<void> {
  const found = await docker.listNetworks({ filters: JSON.stringify({ label: [`${STAGE_LABEL}=${label}`] }) });
  for (const { Id } of found) await docker.getNetwork(Id).remove();
}

async function startEcho(stage: Stage, network: string): Promise<Actor> {
  const script = `
const net = require('node:net'), udp = require('node:dgram').createSocket('udp4');
net.createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(7000, '0.0.0.0');
udp.on('message', (message, from) => udp.send(message, from.port, from.address)).bind(7001);`;
  return stage.start('echo', {
    Entrypoint: ['node', '-e', script],
    HostConfig: { NetworkMode: network, Init: true },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: ['echo.drill'] } } },
  });
}

/** How one of them is started. */
async function starterOf(stage: Stage, name: GroundName, network: string, echo: Actor): Promise<(name: string) => Promise<Actor>> {
  const HostConfig = { NetworkMode: network, Init: true };
  const node = (script: string, ...more: string[]) => ({ Entrypoint: ['node', '-e', script, ...more], HostConfig });
  switch (name) {
    case 'talkers':
    case 'webs':
      return (each) =>
        stage.start(each, { ...node(TALKER, echo.address), HostConfig: { ...HostConfig, Tmpfs: { '/scratch': `size=${4 * MIB}` } } });
    case 'busy':
      return (each) => stage.start(each, node(BUSY));
    case 'writers':
      return async (each) => {
        const actor = await stage.start(each, node(WRITER));
        const said = async () => (await actor.container.logs({ stdout: true })).includes('writing');
        await until(`${each} writes`, said, READY_MS);
        return actor;
      };
    case 'redis': {
      const Image = await fabricImage(stage, 'fabric-redis');
      return (each) => startFilledRedis(stage, each, Image, HostConfig);
    }
    case 'primaries':
      return await starterOfPostgres(stage, HostConfig, ['primary'], []);
    case 'standbys': {
      const startPrimary = await starterOfPostgres(stage, HostConfig, ['primary'], []);
      const primaries: Promise<Actor>[] = [];
      let started = 0;
      return async (each) => {
        const which = Math.floor(started / STANDBYS_EACH);
        started += 1;
        primaries[which] ??= startPrimary(`primary-${which}`);
        const { address } = await primaries[which];
        const startStandby = await starterOfPostgres(stage, HostConfig, ['replica'], [`PRIMARY=${address}`]);
        return startStandby(each);
      };
    }
    case 'faketime':
      await ensureImages(stage.docker, { recipes: [FAKETIME_IMAGE], environment: process.env, log: () => {} });
      return (each) => stage.start(each, { Image: tagOf(FAKETIME_IMAGE), Entrypoint: ['bash', '-c', FAKED], HostConfig });
  }
}

async function startFilledRedis(stage: Stage, name: string, Image: string, HostConfig: Docker.HostConfig): Promise<Actor> {
  const actor = await stage.start(name, { Image, Entrypoint: ['redis-server', '--save', '', '--protected-mode', 'no'], HostConfig });
  const fill = ['redis-cli', 'eval', 'for i = 1, 100 do redis.call("set", "key-" .. i, i) end return 1', '0'];
  await until(`${name} is filled`, async () => (await inside(stage.docker, actor.container, fill)).trim() === '1', READY_MS);
  return actor;
}

async function starterOfPostgres(stage: Stage, HostConfig: Docker.HostConfig, Cmd: string[], Env: string[]) {
  const Image = await fabricImage(stage, 'fabric-postgres');
  return async (name: string) => {
    const actor = await stage.start(name, { Image, Cmd, Env: ['REGION=bench', ...Env], HostConfig });
    const asked = ['sh', '-c', 'healthz && echo well'];
    await until(`${name} answers`, async () => (await inside(stage.docker, actor.container, asked)).includes('well'), READY_MS);
    return actor;
  };
}
