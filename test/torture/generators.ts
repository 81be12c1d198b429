/** By fault, settings drawn by chance that are valid on a tortured system. A fault without a line here fails a test. */
import type { Draw } from './draw.ts';
import type { Part, Settings } from './systems/system.ts';

export interface Generator {
  /** True where undoing it is rules, a pause or a limit, which are back within a second. */
  readonly quick: boolean;
  /** False where it ends by itself. */
  readonly lasting: boolean;
  /** True where it may be aimed at any part; else at those that say what it has to be told of them. */
  readonly anywhere: boolean;
  /** The fault's own settings, and the step's consent where it needs one; what the part says of itself comes on top. */
  settings(draw: Draw, part: Part): Settings;
}

type Drawn = Generator['settings'];
const quick = (settings: Drawn): Generator => ({ quick: true, lasting: true, anywhere: true, settings });
const slow = (settings: Drawn): Generator => ({ quick: false, lasting: true, anywhere: true, settings });
const ending = (settings: Drawn): Generator => ({ quick: false, lasting: false, anywhere: true, settings });
const where = (generator: Generator): Generator => ({ ...generator, anywhere: false });

const channel: Drawn = (draw, { talksTo }) => ({
  direction: draw.oneOf(['both', 'in', 'out']),
  ...(draw.chance(0.3) ? { to: draw.oneOf(talksTo) } : {}),
  ...(draw.chance(0.2) ? { protocol: draw.oneOf(['tcp', 'udp']) } : {}),
});
const share = (draw: Draw) => ({ share: `${draw.oneOf([5, 30, 100])}%` });
const impaired =
  (settings: Drawn): Drawn =>
  (draw, part) => ({ ...channel(draw, part), ...settings(draw, part) });

const networkFaults: Readonly<Record<string, Generator>> = {
  'network-blackout': quick(channel),
  'network-partition': quick((draw, { talksTo }) => ({ to: draw.oneOf(talksTo), 'one-way': draw.chance(0.5) })),
  'network-reset': quick((draw, { talksTo }) => ({
    direction: draw.oneOf(['both', 'in', 'out']),
    ...(draw.chance(0.3) ? { to: draw.oneOf(talksTo) } : {}),
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
  'http-fault': where(
    quick((draw) => ({
      ...draw.oneOf([{ delay: '200ms' }, { status: 503, body: 'no' }, { abort: true }, { 'cut-body': 2 }]),
      'open-connections': draw.oneOf(['keep', 'reset']),
    })),
  ),
  'dns-failure': where(quick((draw) => ({ answer: draw.oneOf(['nxdomain', 'timeout']) }))),
};

const containerFaults: Readonly<Record<string, Generator>> = {
  'container-kill': slow(() => ({})),
  'container-stop': slow((draw) => ({ grace: draw.oneOf(['0s', '1s', '3s']) })),
  'container-pause': quick(() => ({})),
  'container-restart': ending(() => ({ grace: '1s' })),
  'container-remove': slow(() => ({ irreversible: 'accept' })),
  'process-kill': where(slow((draw) => ({ back: draw.oneOf(['respawn', 'restart']) }))),
};

const resourceFaults: Readonly<Record<string, Generator>> = {
  'cpu-stress': quick(() => ({ workers: 1, load: '20%' })),
  'cpu-throttle': quick((draw) => ({ cpus: draw.oneOf([0.05, 0.3]) })),
  'memory-pressure': quick((draw) => ({ bytes: draw.oneOf(['16MiB', '64MiB']) })),
  'memory-limit': where(quick((draw) => ({ 'of-used': draw.oneOf(['80%', '120%']) }))),
  'io-stress': quick(() => ({ bytes: '4MiB', workers: 1 })),
  'io-throttle': quick(() => ({ 'write-bytes': '1MiB' })),
  'connection-hog': where(quick(() => ({ connections: 50 }))),
  'descriptor-hog': where(quick((draw) => ({ leave: draw.oneOf([0, 3]) }))),
  'disk-fill': where(quick(() => ({ 'max-bytes': '32MiB' }))),
};

const applicationFaults: Readonly<Record<string, Generator>> = {
  'cache-evict': where(ending((draw) => ({ share: `${draw.whole(1, 100)}%`, consent: 'not-undone', irreversible: 'accept' }))),
  'cache-freeze': where(quick((draw) => ({ mode: draw.oneOf(['all', 'write']) }))),
  'db-lock': where(quick((draw) => ({ blocks: draw.oneOf(['all', 'writes']) }))),
  'db-connections': where(quick((draw) => (draw.chance(0.5) ? { count: 5 } : {}))),
  'replication-pause': where(quick(() => ({}))),
  'http-call': where(quick(() => ({}))),
  'clock-skew': where(quick((draw) => ({ offset: draw.oneOf(['+1h', '-90s']) }))),
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

/** Roles that a fault may be aimed at. */
export function rolesFor(fault: string, parts: Readonly<Record<string, Part>>): readonly string[] {
  const generator = GENERATORS[fault];
  if (!generator) return [];
  return Object.entries(parts).flatMap(([role, { suffers, spared }]) =>
    (generator.anywhere || suffers[fault] !== undefined) && !spared?.includes(fault) ? [role] : [],
  );
}

/** The settings of a fault on a part. */
export function settingsFor(fault: string, draw: Draw, part: Part): Settings {
  return { ...GENERATORS[fault]?.settings(draw, part), ...part.suffers[fault] };
}
