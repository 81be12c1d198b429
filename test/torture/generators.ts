/** By fault, settings drawn by chance that are valid on the tortured system. A fault without a line here fails a test. */
import type { Draw } from './draw.ts';
import { ROLES, type Role } from './system.ts';

export interface Generator {
  /** Which parts of the system it may be aimed at. */
  readonly roles: readonly Role[];
  /** True where undoing it is rules, a pause or a limit, which are back within a second. */
  readonly quick: boolean;
  /** False where nothing on the tortured system can be hit by it: it has its own live tests, and is not drawn. */
  readonly drawn?: false;
  /** False where it ends by itself. */
  readonly lasting: boolean;
  /** The fault's own settings, and the step's consent where it needs one. */
  settings(draw: Draw, role: Role): Readonly<Record<string, unknown>>;
}

const LISTENS: Readonly<Record<Role, number>> = { web: 8080, client: 8080, cache: 6379, primary: 5432, standby: 5432 };
/** Whom each of them talks to. */
const OTHERS: Readonly<Record<Role, readonly Role[]>> = {
  web: ['client'],
  client: ['web', 'cache'],
  cache: ['client'],
  primary: ['standby'],
  standby: ['primary'],
};
const SERVERS = ['web', 'client'] as const;

type Settings = Generator['settings'];
const quick = (settings: Settings, roles: readonly Role[] = ROLES): Generator => ({ roles, quick: true, lasting: true, settings });
const slow = (settings: Settings, roles: readonly Role[] = ROLES): Generator => ({ roles, quick: false, lasting: true, settings });
const ending = (settings: Settings, roles: readonly Role[] = ROLES): Generator => ({ roles, quick: false, lasting: false, settings });

const channel: Settings = (draw, role) => ({
  direction: draw.oneOf(['both', 'in', 'out']),
  ...(draw.chance(0.3) ? { to: draw.oneOf(OTHERS[role]) } : {}),
  ...(draw.chance(0.2) ? { protocol: draw.oneOf(['tcp', 'udp']) } : {}),
});
const share = (draw: Draw) => ({ share: `${draw.oneOf([5, 30, 100])}%` });
const impaired =
  (settings: Settings): Settings =>
  (draw, role) => ({ ...channel(draw, role), ...settings(draw, role) });

const networkFaults: Readonly<Record<string, Generator>> = {
  'network-blackout': quick(channel),
  'network-partition': quick((draw, role) => ({ to: draw.oneOf(OTHERS[role]), 'one-way': draw.chance(0.5) })),
  'network-reset': quick((draw, role) => ({
    direction: draw.oneOf(['both', 'in', 'out']),
    ...(draw.chance(0.3) ? { to: draw.oneOf(OTHERS[role]) } : {}),
  })),
  'network-disconnect': slow(() => ({})),
  'network-bandwidth': quick((draw) => ({ rate: draw.oneOf(['64kbit', '1mbit']) })),
  'network-latency': quick(
    impaired((draw) => {
      const delayMs = draw.oneOf([20, 150, 400, 3000]);
      return { delay: `${delayMs}ms`, ...(draw.chance(0.5) ? { jitter: `${Math.round(delayMs / 4)}ms` } : {}) };
    }),
  ),
  'network-loss': quick(impaired(share)),
  'network-corrupt': quick(impaired(share)),
  'network-duplicate': quick(impaired(share)),
  'network-reorder': quick(impaired(share)),
  'http-fault': quick(
    (draw, role) => ({
      port: LISTENS[role],
      ...draw.oneOf([{ delay: '200ms' }, { status: 503, body: 'no' }, { abort: true }, { 'cut-body': 2 }]),
      'open-connections': draw.oneOf(['keep', 'reset']),
    }),
    ['web'],
  ),
  'dns-failure': quick((draw) => ({ names: ['tortured-web'], answer: draw.oneOf(['nxdomain', 'timeout']) }), ['client']),
};

const containerFaults: Readonly<Record<string, Generator>> = {
  'container-kill': slow(() => ({})),
  'container-stop': slow((draw) => ({ grace: draw.oneOf(['0s', '1s', '3s']) })),
  'container-pause': quick(() => ({})),
  'container-restart': ending(() => ({ grace: '1s' })),
  'container-remove': slow(() => ({ irreversible: 'accept' })),
  'process-kill': slow((draw) => ({ process: 'node', back: draw.oneOf(['respawn', 'restart']) }), SERVERS),
};

const resourceFaults: Readonly<Record<string, Generator>> = {
  'cpu-stress': quick(() => ({ workers: 1, load: '20%' })),
  'cpu-throttle': quick((draw) => ({ cpus: draw.oneOf([0.05, 0.3]) })),
  'memory-pressure': quick((draw) => ({ bytes: draw.oneOf(['16MiB', '64MiB']) })),
  'memory-limit': quick((draw) => ({ 'of-used': draw.oneOf(['80%', '120%']) }), SERVERS),
  'io-stress': quick(() => ({ bytes: '4MiB', workers: 1 })),
  'io-throttle': quick(() => ({ 'write-bytes': '1MiB' })),
  'connection-hog': quick((_draw, role) => ({ port: LISTENS[role], connections: 50 }), ['web', 'cache']),
  'descriptor-hog': quick((draw) => ({ leave: draw.oneOf([0, 3]) }), ['web', 'client', 'cache']),
  'disk-fill': quick(() => ({ path: '/scratch', 'max-bytes': '32MiB' })),
};

const applicationFaults: Readonly<Record<string, Generator>> = {
  'cache-evict': ending((draw) => ({ share: `${draw.whole(1, 100)}%`, consent: 'not-undone', irreversible: 'accept' }), ['cache']),
  'cache-freeze': quick((draw) => ({ mode: draw.oneOf(['all', 'write']) }), ['cache']),
  'db-lock': quick((draw) => ({ table: 'jobs', blocks: draw.oneOf(['all', 'writes']) }), ['primary']),
  'db-connections': quick((draw) => (draw.chance(0.5) ? { count: 5 } : {}), ['primary', 'standby']),
  'replication-pause': quick(() => ({}), ['standby']),
  'http-call': quick(() => ({ url: 'http://127.0.0.1:8080/off', undo: { url: 'http://127.0.0.1:8080/on' } }), SERVERS),
  // Nothing here was started under libfaketime.
  'clock-skew': { ...quick(() => ({ offset: '+1h' }), SERVERS), drawn: false },
  'cron-sync': ending((draw) => ({ command: ['true'], within: draw.oneOf(['0s', '1s']), consent: 'not-undone' })),
  script: slow(() => ({ run: 'on.mjs', undo: 'off.mjs', consent: 'undone-by-runner' })),
  noop: ending(() => ({})),
};

export const GENERATORS: Readonly<Record<string, Generator>> = {
  ...networkFaults,
  ...containerFaults,
  ...resourceFaults,
  ...applicationFaults,
};
