/** What a round does, drawn from the seed and its number: the same two give the same round on any machine. Pure. */
import { type Draw, drawFrom } from './draw.ts';
import { GENERATORS, rolesFor, settingsFor } from './generators.ts';
import type { TortureSystem } from './systems/system.ts';

export const VICTIMS = [
  'runner',
  'agent',
  'agent-removed',
  'runner-and-agent',
  'helper',
  'target',
  'engine',
  'frozen-runner',
  'cut-off',
  'silent-line',
  'full-disk',
  'three-interrupts',
  'nobody',
] as const;
export type Victim = (typeof VICTIMS)[number];

export const LEASE_MS = 2000;

export interface Round {
  /** The name of the system that is tortured. */
  readonly ground: string;
  readonly seed: number;
  readonly round: number;
  /** How often drawing gave an experiment that `plan` refused. */
  readonly attempt: number;
  readonly victim: Victim;
  /** The instant: so long after the runner was started, or after the first fault was in effect. */
  readonly after: 'start' | 'effect';
  readonly afterMs: number;
  /** Where more than one choice is left at that instant, from 0 up to 1. */
  readonly choice: number;
  /** True where the sweep is done in an empty folder, as from another machine. */
  readonly elsewhere: boolean;
  readonly faults: readonly DrawnFault[];
}

export interface DrawnFault {
  readonly fault: string;
  readonly target: string;
  readonly at: string;
  readonly duration?: string;
  readonly [setting: string]: unknown;
}

/** `victims` and `faults`: what to draw from. */
export function drawRound(
  of: { readonly seed: number; readonly round: number; readonly attempt: number },
  system: TortureSystem,
  victims: readonly Victim[],
  faults: readonly string[],
): Round {
  const draw = drawFrom(of.seed, of.round, of.attempt);
  // Every victim comes up equally often, in an order that depends on the seed; every fault by chance.
  const victim = victims[(of.round + of.seed) % victims.length] ?? draw.oneOf(victims);
  const after = draw.chance(0.75) ? 'effect' : 'start';
  const fitting = faults.filter((fault) => rolesFor(fault, system.parts).length > 0);
  const drawn = {
    ground: system.name,
    ...of,
    victim,
    after,
    afterMs: after === 'effect' ? draw.whole(0, 2500) : draw.whole(300, 4000),
    choice: draw.fraction(),
    elsewhere: draw.chance(0.5),
    faults: Array.from({ length: draw.whole(2, 3) }, (_, index) => drawFault(draw, system, fitting, index)),
  } satisfies Round;
  // What the runner's machine did can only be undone there.
  return drawn.faults.some(({ fault }) => fault === 'script') ? { ...drawn, elsewhere: false } : drawn;
}

function drawFault(draw: Draw, system: TortureSystem, faults: readonly string[], index: number): DrawnFault {
  const fault = draw.oneOf(faults);
  const role = draw.oneOf(rolesFor(fault, system.parts));
  const part = system.parts[role];
  if (!part) throw new Error(`the fault '${fault}' is aimed at '${role}', which ${system.name} does not have`);
  return {
    at: `${1000 + index * draw.whole(0, 800)}ms`,
    fault,
    name: `${fault}-${index + 1}`,
    target: system.several && draw.chance(0.5) ? oneOf(role) : role,
    ...(GENERATORS[fault]?.lasting ? { duration: `${draw.whole(2000, 5000)}ms` } : {}),
    ...settingsFor(fault, draw, part),
  };
}

/** The name of the target that is one container of a role. */
function oneOf(role: string): string {
  return `one-${role}`;
}

/** The experiment file; JSON is YAML. */
export function experimentOf(round: Round, system: TortureSystem): string {
  const targets = Object.keys(system.parts).flatMap((role) => [
    [role, { labels: { role } }] as const,
    ...(system.several ? [[oneOf(role), { labels: { role }, pick: 1 }] as const] : []),
  ]);
  const experiment = {
    title: `Round ${round.round} of seed ${round.seed}`,
    targets: Object.fromEntries(targets),
    method: round.faults,
    watch: '1s',
    limits: { 'max-share': '100%' },
  };
  return `${JSON.stringify(experiment, undefined, 2)}\n`;
}
