/** What happens to the system's containers while a run is on, into the journal; and where its targets are after a restart. */
import type { Experiment } from '../../experiments/language/experiment.ts';
import { containerEvents } from '../docker/container-events.ts';
import type { NamedEngine } from '../docker/engines.ts';
import { identityOf } from '../docker/selector.ts';
import { onEngine, resolveTargets } from '../docker/targets.ts';
import type { Target } from '../faults/fault.ts';
import type { Journal } from '../journal/writer.ts';
import type { ReplacementWatch } from './replacements.ts';

export interface RecordOptions {
  readonly engine: NamedEngine;
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
  const { engine, journal, watch } = options;
  const { docker, name } = engine;
  const project = name === undefined ? options.project : undefined;
  try {
    for await (const event of containerEvents(docker, project === undefined ? 'all' : { project }, signal)) {
      // Without a project every container of the engine is told of.
      if (project === undefined && !watch.concerns(event, name)) continue;
      const { action, detail } = event;
      const container = name === undefined ? event.container : `${name}/${event.container}`;
      journal.append({ type: 'container', container, action, detail });
      if (action !== 'start') continue;
      await findAgain(options);
      watch.started(event, name);
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
async function findAgain({ engine, experiment, project, current }: RecordOptions): Promise<void> {
  for (const [name, selector] of Object.entries(experiment.targets)) {
    if (selector.engine !== engine.name) continue;
    const scope = engine.name === undefined ? { project } : {};
    const resolved = await resolveTargets(engine.docker, selector, scope).catch(() => undefined);
    const found = resolved?.map((target) => onEngine(target, engine.name));
    if (!found) continue;
    const drawn = new Set(current.get(name)?.map(identityOf));
    const same = selector.pick === 'all' ? found : found.filter((each) => drawn.has(identityOf(each)));
    if (same.length > 0) current.set(name, same);
  }
}
