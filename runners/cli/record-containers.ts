/** What happens to the system's containers while a run is on, into the journal; and where its targets are after a restart. */
import type Docker from 'dockerode';
import type { Experiment } from '../../experiments/language/experiment.ts';
import { containerEvents } from '../docker/container-events.ts';
import { identityOf } from '../docker/selector.ts';
import { resolveTargets } from '../docker/targets.ts';
import type { Target } from '../faults/fault.ts';
import type { Journal } from '../journal/writer.ts';
import type { ReplacementWatch } from './replacements.ts';

export interface RecordOptions {
  readonly docker: Docker;
  readonly experiment: Experiment;
  readonly journal: Journal;
  readonly project: string | undefined;
  /** By the target's name; brought up to date when a container starts, since its addresses may then be others. */
  readonly current: Map<string, readonly Target[]>;
  /** Told of each start. */
  readonly watch: ReplacementWatch;
}

/** Runs until the signal aborts. Never rejects: a run goes on without the engine's events, and says so. */
export async function recordContainers(options: RecordOptions, signal: AbortSignal): Promise<void> {
  const { docker, journal, project, watch } = options;
  try {
    for await (const event of containerEvents(docker, project === undefined ? 'all' : { project }, signal)) {
      // Without a project every container of the engine is told of.
      if (project === undefined && !watch.concerns(event)) continue;
      const { container, action, detail } = event;
      journal.append({ type: 'container', container, action, detail });
      if (action !== 'start') continue;
      watch.started(event);
      await findAgain(options);
    }
  } catch (error) {
    journal.append({
      type: 'note',
      level: 'warning',
      text: `the engine's events ended: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

/** A target that cannot be found just now keeps what is known of it. */
async function findAgain({ docker, experiment, project, current }: RecordOptions): Promise<void> {
  for (const [name, selector] of Object.entries(experiment.targets)) {
    const found = await resolveTargets(docker, selector, { project }).catch(() => undefined);
    if (!found) continue;
    const drawn = new Set(current.get(name)?.map(identityOf));
    const same = selector.pick === 'all' ? found : found.filter((each) => drawn.has(identityOf(each)));
    if (same.length > 0) current.set(name, same);
  }
}
