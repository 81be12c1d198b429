/**
 * Runs a command and reads its exit code or what it prints: inside the target's container, or without a target on the
 * runner's own machine. A command that does not end in time was held up by what it looked at, so that is a reading (null); a
 * command that cannot be started on the runner's machine is unknown.
 */
import { z } from 'zod';
import { runLocally } from './command-local.ts';
import { errorText, lookFailed, readFailure, systemFailed, untilAborted } from './failure-reading.ts';
import { defineProbe, type LookContext, type Reading } from './probe.ts';
import { textValue } from './reading-value.ts';

const settings = z.strictObject({
  command: z.array(z.coerce.string()).min(1).describe('The program and its arguments, as a list; no shell reads it.'),
  read: z
    .enum(['exit-code', 'stdout', 'number'])
    .default('exit-code')
    .describe('exit-code (a number), stdout (text, trimmed), or number (stdout as a number, where the exit code is 0).'),
});
type Settings = z.output<typeof settings>;

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The engine refuses to run anything in a container that is stopped or paused (409) or gone (404): the system's state, not our failure. */
const refusedByState = z.object({ statusCode: z.union([z.literal(404), z.literal(409)]) });

function readOutcome(read: Settings['read'], { exitCode, stdout, stderr }: Outcome): Reading {
  const said = errorText(stderr).slice(0, 200);
  if (read === 'exit-code') return { status: 'ok', value: exitCode, ...(said === '' ? {} : { detail: said }) };
  const text = stdout.trim();
  if (read === 'stdout') return { status: 'ok', value: textValue(text), detail: `exit ${exitCode}` };
  if (exitCode !== 0) return systemFailed(`exit ${exitCode}${said === '' ? '' : `: ${said}`}`);
  const number = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? { status: 'ok', value: number } : systemFailed(`'${text.slice(0, 80)}' is not a number`);
}

async function look({ command, read }: Settings, { target, tools, signal }: LookContext): Promise<Reading> {
  try {
    if (target) return readOutcome(read, await untilAborted(signal, tools.exec(target.id, command, signal)));
    const ended = await runLocally(command, signal);
    return typeof ended.exitCode === 'string'
      ? systemFailed(`ended by ${ended.exitCode}`)
      : readOutcome(read, { ...ended, exitCode: ended.exitCode });
  } catch (error) {
    if (signal.aborted) return readFailure(error, signal);
    return target && refusedByState.safeParse(error).success ? systemFailed(errorText(error)) : lookFailed(error);
  }
}

export const command = defineProbe({
  name: 'command',
  summary: "Runs a command in the target's container, or on the runner's machine; reads its exit code or output.",
  settings,
  looks: { label: 'Command', colour: '#059669' },
  needsTarget: false,
  open: (settings) => ({ look: (context) => look(settings, context), close: async () => {} }),
});
