/**
 * Each fault with settings that strike every container of its ground, and the same act without firedrill where there is
 * one: as calls to the engine, all at once, and with the docker command line.
 */
import type Docker from 'dockerode';
import { AGENT_IMAGE } from '../../helpers/agent-stage.ts';
import type { GroundName } from './grounds.ts';

/** The bare call of the engine for one container, and its counterpart. */
export interface BareCall {
  inject(container: Docker.Container, network: Docker.Network): Promise<unknown>;
  undo(container: Docker.Container, network: Docker.Network): Promise<unknown>;
}

/** Arguments of `docker`, one list a command. */
export interface ByHand {
  inject(ids: readonly string[], network: string): readonly (readonly string[])[];
  undo(ids: readonly string[], network: string): readonly (readonly string[])[];
}

export interface FaultCase {
  readonly fault: string;
  readonly ground: GroundName;
  readonly settings: object;
  readonly bare?: BareCall;
  readonly byHand?: ByHand;
  /** Afterwards its targets are others than before: each round needs new ones. */
  readonly consumesTargets?: true;
  /** What the acts beside it leave is not what was: whoever comes after needs new targets. */
  readonly spoilsTargets?: true;
}

/** Not measured, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  noop: 'does nothing',
  script: 'takes what the user’s script takes',
};

const engine =
  (...command: readonly string[]) =>
  (ids: readonly string[]) => [[...command, ...ids]];
/** A fresh container with the tools in it, in the network of each. */
const tools =
  (...[program = '', ...args]: readonly string[]) =>
  (ids: readonly string[]) =>
    ids.map((id) => ['run', '--rm', '--net', `container:${id}`, '--cap-add', 'NET_ADMIN', '--entrypoint', program, AGENT_IMAGE, ...args]);
const drop = (...rule: readonly string[]): ByHand => ({ inject: tools('iptables', '-I', ...rule), undo: tools('iptables', '-D', ...rule) });
const tbf: ByHand = {
  inject: tools('tc', 'qdisc', 'add', 'dev', 'eth0', 'root', 'tbf', 'rate', '8kbit', 'burst', '2kb', 'latency', '400ms'),
  undo: tools('tc', 'qdisc', 'del', 'dev', 'eth0', 'root'),
};
const MIB = 1024 * 1024;
const start = (container: Docker.Container) => container.start();

const networkCases: readonly FaultCase[] = [
  { fault: 'network-blackout', ground: 'talkers', settings: {}, byHand: drop('OUTPUT', '!', '-o', 'lo', '-j', 'DROP') },
  { fault: 'network-partition', ground: 'talkers', settings: { to: 'echo' } },
  { fault: 'network-reset', ground: 'talkers', settings: {} },
  {
    fault: 'network-disconnect',
    ground: 'talkers',
    settings: {},
    bare: {
      inject: ({ id }, network) => network.disconnect({ Container: id }),
      undo: ({ id }, network) => network.connect({ Container: id }),
    },
    byHand: {
      inject: (ids, network) => ids.map((id) => ['network', 'disconnect', network, id]),
      undo: (ids, network) => ids.map((id) => ['network', 'connect', network, id]),
    },
    spoilsTargets: true,
  },
  { fault: 'network-bandwidth', ground: 'talkers', settings: { rate: '8kbit' }, byHand: tbf },
  { fault: 'network-latency', ground: 'talkers', settings: { delay: '100ms' } },
  { fault: 'network-loss', ground: 'talkers', settings: { share: '50%' } },
  { fault: 'network-corrupt', ground: 'talkers', settings: { share: '50%' } },
  { fault: 'network-duplicate', ground: 'talkers', settings: { share: '50%' } },
  // Longer than a talker's pause, so that what it sends next overtakes; it does without Nagle's algorithm.
  { fault: 'network-reorder', ground: 'talkers', settings: { share: '50%', by: '250ms' } },
  { fault: 'dns-failure', ground: 'talkers', settings: { names: ['echo.drill'] } },
  { fault: 'http-fault', ground: 'webs', settings: { port: 8080, status: 503 } },
];

const containerCases: readonly FaultCase[] = [
  {
    fault: 'container-pause',
    ground: 'talkers',
    settings: {},
    bare: { inject: (container) => container.pause(), undo: (container) => container.unpause() },
    byHand: { inject: engine('pause'), undo: engine('unpause') },
  },
  {
    fault: 'container-kill',
    ground: 'talkers',
    settings: {},
    bare: { inject: (container) => container.kill(), undo: start },
    byHand: { inject: engine('kill'), undo: engine('start') },
  },
  {
    fault: 'container-stop',
    ground: 'talkers',
    settings: {},
    bare: { inject: (container) => container.stop({ t: 10 }), undo: start },
    byHand: { inject: engine('stop', '-t', '10'), undo: engine('start') },
  },
  {
    fault: 'container-restart',
    ground: 'talkers',
    settings: {},
    bare: { inject: (container) => container.restart({ t: 10 }), undo: async () => {} },
    byHand: { inject: engine('restart', '-t', '10'), undo: () => [] },
  },
  { fault: 'container-remove', ground: 'talkers', settings: {}, consumesTargets: true },
  { fault: 'process-kill', ground: 'talkers', settings: { process: 'worker' } },
];

const resourceCases: readonly FaultCase[] = [
  { fault: 'cpu-stress', ground: 'talkers', settings: { workers: 1, load: '1%' } },
  {
    fault: 'cpu-throttle',
    ground: 'busy',
    settings: { cpus: 0.01 },
    bare: {
      inject: (container) => container.update({ NanoCpus: 1e7 }),
      undo: (container) => container.update({ NanoCpus: 2e9 }),
    },
    byHand: { inject: engine('update', '--cpus', '0.01'), undo: engine('update', '--cpus', '2') },
  },
  { fault: 'memory-pressure', ground: 'talkers', settings: { bytes: '16MiB' } },
  {
    fault: 'memory-limit',
    ground: 'writers',
    settings: { 'of-used': '105%' },
    bare: {
      inject: (container) => container.update({ Memory: 200 * MIB, MemorySwap: 400 * MIB }),
      undo: (container) => container.update({ Memory: 1024 * MIB, MemorySwap: 2048 * MIB }),
    },
    byHand: {
      inject: engine('update', '--memory', '200m', '--memory-swap', '400m'),
      undo: engine('update', '--memory', '1g', '--memory-swap', '2g'),
    },
  },
  { fault: 'io-stress', ground: 'talkers', settings: { bytes: '1MiB', workers: 1 } },
  { fault: 'io-throttle', ground: 'talkers', settings: { 'write-bytes': '1MiB' } },
  { fault: 'disk-fill', ground: 'talkers', settings: { path: '/scratch' } },
  { fault: 'connection-hog', ground: 'talkers', settings: { port: 8080, connections: 50 } },
  { fault: 'descriptor-hog', ground: 'talkers', settings: {} },
  { fault: 'clock-skew', ground: 'faketime', settings: { offset: '+1h' } },
];

const applicationCases: readonly FaultCase[] = [
  { fault: 'cache-evict', ground: 'redis', settings: { share: '1%' } },
  { fault: 'cache-freeze', ground: 'redis', settings: {} },
  { fault: 'db-lock', ground: 'primaries', settings: { table: 'video', database: 'fabric' } },
  { fault: 'db-connections', ground: 'primaries', settings: { count: 10 } },
  { fault: 'replication-pause', ground: 'standbys', settings: {} },
  { fault: 'http-call', ground: 'talkers', settings: { url: 'http://127.0.0.1:8080/on', undo: { url: 'http://127.0.0.1:8080/off' } } },
  { fault: 'cron-sync', ground: 'talkers', settings: { command: ['true'] } },
];

export const CASES: readonly FaultCase[] = [...networkCases, ...containerCases, ...resourceCases, ...applicationCases];
