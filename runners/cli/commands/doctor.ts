/** `firedrill doctor`: what this machine and its engine can do, each with what to type where it cannot. Touches nothing. */

import { connectEngine } from '../../docker/engine.ts';
import { engineFacts } from '../../docker/engine-facts.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import { type CliIo, wantsColor } from '../io.ts';
import { thisMachine } from '../set-up/machine.ts';
import type { Check } from './doctor/check.ts';
import { baseCheck, composeCheck, engineChecks, registryCheck, unreachable } from './doctor/engine-checks.ts';
import { browserCheck, diskCheck, memoryCheck, nodeCheck, packetCheck } from './doctor/machine-checks.ts';

export interface DoctorOptions {
  readonly json: boolean;
}

/** Prints the checks. Exits 0 where a drill can run, 7 where something is in its way. */
export async function doctor(io: CliIo, options: DoctorOptions): Promise<ExitCode> {
  const checks = await examine(io);
  io.stdout.write(options.json ? `${JSON.stringify({ checks }, undefined, 2)}\n` : renderChecks(checks, wantsColor(io)));
  return checks.some((check) => check.state === 'bad') ? EXIT.groundUnfit : EXIT.passed;
}

/** All checks, in the order they are shown. */
export async function examine(io: Pick<CliIo, 'environment' | 'workingDirectory'>): Promise<readonly Check[]> {
  const machine = thisMachine(io.environment);
  const docker = await connectEngine(io.environment).catch((error: unknown) => unreachable(error));
  const own = [nodeCheck(), memoryCheck(), browserCheck(machine)];
  if ('state' in docker) return [...own, docker, await composeCheck(machine), await packetCheck()];
  const facts = await engineFacts(docker);
  return [
    ...own,
    ...engineChecks(docker, facts),
    await composeCheck(machine),
    await packetCheck(),
    await diskCheck(facts.dataFolder),
    ...(await Promise.all([baseCheck(docker), registryCheck(docker)])),
  ];
}

const MARKS = { ok: ['ok  ', '\u001b[32m'], warn: ['warn', '\u001b[33m'], bad: ['bad ', '\u001b[31m'] } as const;
const RESET = '\u001b[0m';

/** One line a check, and its hint below. */
export function renderChecks(checks: readonly Check[], color: boolean): string {
  const width = Math.max(...checks.map((check) => check.name.length));
  const lines = checks.flatMap(({ name, state, found, hint }) => {
    const [mark, code] = MARKS[state];
    return [
      `${color ? code : ''}${mark}${color ? RESET : ''}  ${name.padEnd(width)}  ${found}`,
      ...(hint ? [`      ${' '.repeat(width)}  hint: ${hint}`] : []),
    ];
  });
  return `${lines.join('\n')}\n`;
}
