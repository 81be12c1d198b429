/** The rounds of a file summed up by blow, as the tables in docs/torture.md. Pure. */
import type { RoundResult } from './play-round.ts';

/** Undone by itself at once where the runner dies, else after the lease or another life of the agent: there no time is promised from the blow on. */
const PROMISED_FROM_THE_BLOW = new Set(['runner', 'cut-off']);

/** Two tables in Markdown: by blow, and the faults with how often each was played. */
export function figuresOf(rounds: readonly RoundResult[]): string {
  const victims = [...new Set(rounds.map((each) => each.victim))].sort();
  const rows = [
    ...victims.map((victim) =>
      rowOf(
        victim,
        rounds.filter((each) => each.victim === victim),
      ),
    ),
    rowOf('all', rounds),
  ];
  const played = new Map<string, number>();
  for (const { fault } of rounds.flatMap((each) => each.faults)) played.set(fault, (played.get(fault) ?? 0) + 1);
  const faults = [...played].sort(([one], [other]) => one.localeCompare(other)).map(([fault, count]) => `${fault} ${count}`);
  return [
    '| the blow falls on | rounds | on the fabric | left at the end | times broken | undo began after, ms at most | then all was back within, ms at most | put back without a sweep |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    `Faults played: ${faults.join(', ')}.`,
  ].join('\n');
}

function rowOf(victim: string, rounds: readonly RoundResult[]): string {
  const count = (is: (round: RoundResult) => boolean) => rounds.filter(is).length;
  const times = rounds.flatMap((each) => (each.times && each.times.because !== 'restarted' ? [each.times] : []));
  const began = times.map(({ beganMs }) => beganMs);
  const back = times.flatMap(({ beganMs, faults }) => faults.map(({ backMs }) => backMs - beganMs));
  const cells = [
    victim,
    rounds.length,
    count(({ ground }) => ground === 'fabric'),
    count(({ left }) => left.length > 0),
    count(({ broken }) => broken.length > 0),
    PROMISED_FROM_THE_BLOW.has(victim) ? most(began) : '',
    victim === 'all' ? '' : most(back),
    count(({ leftBeforeSweep }) => leftBeforeSweep.length === 0),
  ];
  return `| ${cells.join(' | ')} |`;
}

function most(values: readonly number[]): string {
  return values.length === 0 ? '–' : String(Math.round(Math.max(...values)));
}
