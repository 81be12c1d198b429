/** Where dead runs may have left something: the engine of the environment, and those that the experiments of runs without an end name. */
import type { Environment } from '../../docker/address.ts';
import { connectEngine } from '../../docker/engine.ts';
import { connectNamed, type EngineAddresses, type NamedEngine } from '../../docker/engines.ts';
import { FiredrillError } from '../../failure.ts';
import { findLeftovers } from '../../journal/leftovers.ts';
import { type Run, readJournal } from '../../journal/reader.ts';
import { leftSomething } from './find-remains.ts';

export interface EnginesToSweep {
  readonly engines: readonly NamedEngine[];
  /** One sentence for each that does not answer; what is left there stays there. */
  readonly unreachable: readonly string[];
}

/** Throws FiredrillError `engine-missing` where none answers. */
export async function enginesToSweep(environment: Environment, runs: readonly Run[]): Promise<EnginesToSweep> {
  const named = Object.entries(await enginesOf(runs));
  const asked = [
    { name: undefined, connect: () => connectEngine(environment) },
    ...named.map(([name, address]) => ({ name, connect: () => connectNamed(environment, address) })),
  ];
  const engines: NamedEngine[] = [];
  const failures: FiredrillError[] = [];
  for (const { name, connect } of asked) {
    try {
      engines.push({ name, docker: await connect() });
    } catch (error) {
      if (!(error instanceof FiredrillError)) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (engines.length === 0 && first) throw first;
  return { engines, unreachable: failures.map((failure) => failure.message) };
}

async function enginesOf(runs: readonly Run[]): Promise<EngineAddresses> {
  const all: Record<string, EngineAddresses[string]> = {};
  for (const run of runs) {
    const { events } = await readJournal(run.journal);
    if (!leftSomething(findLeftovers(events))) continue;
    for (const event of events) if (event.type === 'run.planned') Object.assign(all, event.experiment.engines);
  }
  return all;
}
