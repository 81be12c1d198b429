/** `firedrill run`: runs one experiment and exits by its verdict. */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatMs, parseDurationMs } from '../../../experiments/language/duration.ts';
import { renderJson } from '../../../reports/json.ts';
import { renderPlan } from '../../../reports/terminal/plan.ts';
import { EXIT, type ExitCode, FiredrillError } from '../../failure.ts';
import type { Plan } from '../../journal/events.ts';
import { type DrillOptions, drill } from '../drill.ts';
import { type CliIo, wantsColor } from '../io.ts';
import { loadExperiment } from '../load-experiment.ts';
import { runSet } from '../set/run-set.ts';
import { ensureBrowserHere } from '../set-up/browser.ts';

export interface RunOptions {
  readonly variant?: string | undefined;
  /** `all`, or names behind commas: a set of runs, judged across. */
  readonly variants?: string | undefined;
  readonly repeat?: number | undefined;
  readonly interleave?: boolean | undefined;
  /** A stored run or set to compare with. */
  readonly baseline?: string | undefined;
  readonly seed?: number | undefined;
  readonly yes: boolean;
  readonly keep: boolean;
  readonly gates: boolean;
  readonly lease?: string | undefined;
  readonly json: boolean;
}

/** A gate that nobody answers in this time stops the run. */
const GATE_ANSWER_MS_MAX = 60_000;
/** How long the agent waits for a runner that it no longer hears, unless told otherwise. */
export const LEASE_MS = 10_000;
const LEASE_MS_MIN = 1000;
const LEASE_MS_MAX = 300_000;

export async function run(io: CliIo, file: string, options: RunOptions): Promise<ExitCode> {
  const leaseMs = parseLease(options.lease);
  const loaded = await loadExperiment(io, file, options.variant);
  if (!loaded) return EXIT.experimentWrong;
  await ensureBrowserHere(io, loaded.experiment, { yes: options.yes, log: (line) => void io.stderr.write(`${line}\n`) });
  const { ask } = io;
  const drillOptions: DrillOptions = {
    leaseMs,
    seed: options.seed,
    keep: options.keep,
    quiet: options.json,
    confirm: options.yes || !ask || options.json ? undefined : (plan) => confirm(io, ask, plan),
    askGate: options.gates && ask ? (question) => askGate(ask, question) : undefined,
  };
  if (isSet(options)) return runSet(io, file, loaded, options, drillOptions);
  const result = await drill(io, loaded, drillOptions);
  if (options.json) io.stdout.write(renderJson(result.report));
  return result.exitCode;
}

function isSet({ variants, repeat = 1, interleave = false, baseline }: RunOptions): boolean {
  if (interleave && variants === undefined) {
    throw new FiredrillError('nothing-to-interleave', 'There is --interleave, and only one variant to run.', {
      hint: 'Name several: --variants all --repeat 4 --interleave',
      exitCode: EXIT.usageWrong,
    });
  }
  return variants !== undefined || repeat > 1 || baseline !== undefined;
}

function parseLease(text: string | undefined): number {
  if (text === undefined) return LEASE_MS;
  const leaseMs = parseDurationMs(text);
  if (leaseMs !== undefined && leaseMs >= LEASE_MS_MIN && leaseMs <= LEASE_MS_MAX) return leaseMs;
  throw new FiredrillError(
    'lease-wrong',
    `The lease '${text}' is not a duration from ${formatMs(LEASE_MS_MIN)} to ${formatMs(LEASE_MS_MAX)}.`,
    {
      hint: 'Write it like: --lease 10s',
      exitCode: EXIT.usageWrong,
    },
  );
}

async function confirm(io: CliIo, ask: (question: string) => Promise<string>, plan: Plan): Promise<boolean> {
  io.stdout.write(`${renderPlan(plan, { color: wantsColor(io), columns: io.stdout.columns ?? 100 })}\n`);
  const answer = await ask(`Touch ${plan.blastRadius.touched} of ${plan.blastRadius.total} containers? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

async function askGate(ask: (question: string) => Promise<string>, question: string): Promise<'go' | 'no-go' | 'no-answer'> {
  const limit = sleep(GATE_ANSWER_MS_MAX, undefined, { ref: false });
  const answer = await Promise.race([ask(`${question} [go/no] `), limit]);
  if (answer === undefined || answer.trim() === '') return 'no-answer';
  return /^(g|go|y|yes)$/i.test(answer.trim()) ? 'go' : 'no-go';
}
