/** `firedrill plan`: says what a run would do. Starts nothing, touches nothing. */
import { renderPlan } from '../../../reports/terminal/plan.ts';
import { composeSystem } from '../../docker/compose-system.ts';
import { connectEngines } from '../../docker/engines.ts';
import { EXIT, type ExitCode, FiredrillError } from '../../failure.ts';
import { faults } from '../../faults/index.ts';
import { type CliIo, wantsColor } from '../io.ts';
import { loadExperiment } from '../load-experiment.ts';
import { loadText } from '../load-text.ts';
import { resolveExperiment } from '../resolve-experiment.ts';

export interface PlanOptions {
  readonly variant?: string | undefined;
  readonly seed?: number | undefined;
  readonly json: boolean;
}

export async function plan(io: CliIo, file: string, options: PlanOptions): Promise<ExitCode> {
  const loaded = await loadExperiment(io, file, options.variant);
  if (!loaded) return EXIT.experimentWrong;
  const engines = await connectEngines(io.environment, loaded.experiment);
  const docker = engines[0]?.docker;
  const system =
    loaded.composeFile === undefined || docker === undefined
      ? undefined
      : await composeSystem(docker, loaded.composeFile, { environment: io.environment, log: () => undefined });
  if (system && (await system.state()).state === 'absent') {
    throw new FiredrillError('system-absent', `The system '${system.project}' is not up, so there are no containers to plan with.`, {
      hint: `Bring it up first: firedrill up ${system.compose}`,
      exitCode: EXIT.groundUnfit,
    });
  }
  const resolved = await resolveExperiment(engines, {
    experiment: loaded.experiment,
    variant: loaded.variant,
    folder: loaded.folder,
    project: system?.project,
    faults,
    seed: options.seed ?? 0,
    workingDirectory: io.workingDirectory,
  });
  const text = options.json
    ? JSON.stringify(resolved.plan, undefined, 2)
    : renderPlan(resolved.plan, { color: wantsColor(io), columns: io.stdout.columns ?? 100 });
  const load = options.json ? '' : loadText(loaded.experiment, loaded.script);
  io.stdout.write(`${text}\n${load === '' ? '' : `\n${load}\n`}`);
  return EXIT.passed;
}
