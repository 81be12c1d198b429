/** The load as `plan` prints it: how many processes send it, and what each scenario does. */
import { availableParallelism } from 'node:os';
import { formatMs } from '../../experiments/language/duration.ts';
import type { Experiment } from '../../experiments/language/experiment.ts';
import { momentText, type StartTime } from '../../experiments/language/start-time.ts';
import { demandOfAll, processesFor, processesForScript, RATE_PER_PROCESS_MAX } from '../load/generator/how-many.ts';
import { planScenarios } from '../load/generator/plan-scenarios.ts';
import type { ScriptDescription } from '../load/k6/run/messages.ts';

function processes(count: number): string {
  return count === 1 ? '1 process' : `${count} processes`;
}

function startText({ ms, after }: StartTime): string {
  if (after) return `, from ${momentText(after)}+${formatMs(ms)}`;
  return ms === 0 ? '' : `, from ${formatMs(ms)}`;
}

function whyText(asked: number | undefined, demand: number, cores: number): string {
  if (asked !== undefined) return `load: generators: ${asked}`;
  if (demand <= 1) return `up to ${RATE_PER_PROCESS_MAX} requests a second each`;
  return `one for each ${RATE_PER_PROCESS_MAX} requests a second, as far as ${cores} cores go`;
}

/** Empty where there is no load. `script` is what the experiment's script would do. Throws FiredrillError where a scenario cannot be run. */
export function loadText(
  { scenarios, generators }: Pick<Experiment, 'scenarios' | 'generators'>,
  script?: ScriptDescription,
  cores = availableParallelism(),
): string {
  const planned = planScenarios(scenarios);
  const demand = demandOfAll(planned.map(({ plan }) => plan));
  const own = planned.length === 0 ? 0 : (generators ?? processesFor(demand, 0, cores));
  const lines: string[] = [];
  if (own > 0) lines.push(`Load by ${processes(own)} (${whyText(generators, demand, cores)})`);
  for (const { scenario, plan } of planned)
    lines.push(`  ${scenario.name}: ${scenario.executor}, ${plan.text}${startText(scenario.startTime)}`);
  if (script) {
    const count = processesForScript(script, generators, own, cores);
    lines.push(`Load by ${script.file}, ${processes(count)} (${whyText(generators, script.demand, cores)})`);
    for (const { name, executor, text, startMs } of script.scenarios)
      lines.push(`  ${name}: ${executor}, ${text}${startText({ ms: startMs })}`);
  }
  return lines.join('\n');
}
