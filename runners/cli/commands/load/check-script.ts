/** `firedrill load --check script.js`: what a script uses, which path it takes, and what stands in the way. Sends nothing. */
import { relative, resolve } from 'node:path';
import { K6_EXIT, type K6ExitCode } from '../../../load/k6/exit-codes.ts';
import { findingText, readScript } from '../../../load/k6/load-script.ts';
import { type Described, describeScript } from '../../../load/k6/run/describe-script.ts';
import type { TransformedScript } from '../../../load/k6/transform/transform.ts';
import type { CliIo } from '../../io.ts';
import { type LoadFlags, orderOf } from './flags.ts';

/** Exits with 0 where the script can run here, else with k6's code for what is wrong. */
export async function checkScript(io: CliIo, file: string, flags: LoadFlags): Promise<K6ExitCode> {
  const { order, warnings } = orderOf(io, file, flags);
  const script = await readScript(resolve(io.workingDirectory, file), flags.engine);
  const planned = script.unsupported.length === 0 ? await describeScript(order) : undefined;
  const exitCode = planned?.exitCode ?? K6_EXIT.exception;
  if (flags.json) {
    const { path, uses, obstacles, unsupported } = script;
    const { description, problem } = planned ?? {};
    io.stdout.write(`${JSON.stringify({ path, uses, obstacles, unsupported, description, warnings, problem, exitCode }, undefined, 2)}\n`);
    return exitCode;
  }
  io.stdout.write(`${checkText(io, file, script, planned)}\n`);
  return exitCode;
}

function checkText(io: CliIo, file: string, script: TransformedScript, planned: Described | undefined): string {
  const place = (each: { readonly file: string; readonly line: number }): string =>
    `${relative(io.workingDirectory, each.file)}:${each.line}`;
  const byName = Map.groupBy(script.uses, ({ module, name }) => (name === undefined ? module : `${module} ${name}`));
  const uses = [...byName].map(
    ([name, sites]) => `  ${name}  (${sites.map(place).slice(0, 5).join(', ')}${sites.length > 5 ? ', …' : ''})`,
  );
  const findings = (title: string, all: TransformedScript['obstacles']): readonly string[] =>
    all.length === 0 ? [] : [title, ...all.map((each) => findingText(each, io.workingDirectory).replace(/^/gm, '  '))];
  const scenarios =
    planned?.description?.scenarios.map(({ name, executor, exec, text }) => `  ${name}: ${executor} calls ${exec}, ${text}`) ?? [];
  return [
    `${file}: ${script.path === 'transform' ? 'runs as JavaScript, its blocking calls awaited' : 'runs in QuickJS as it is, whose calls can stand still'}`,
    ...(uses.length > 0 ? ['uses', ...uses.toSorted()] : ['uses nothing of k6']),
    ...(scenarios.length > 0 ? ['scenarios', ...scenarios] : []),
    ...findings('stands in the way of awaiting', script.obstacles),
    ...findings('is not supported', script.unsupported),
    ...(planned?.problem === undefined ? [] : ['is wrong', planned.problem.replace(/^/gm, '  ')]),
  ].join('\n');
}
