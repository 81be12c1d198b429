/**
 * Everything that looks while a run is on: load, probes and the engine's events, written to the journal; and the
 * evidence that live judging needs, filled from the journal's own events, so that live and afterwards see the same.
 */
import { z } from 'zod';
import type { Experiment } from '../../experiments/language/experiment.ts';
import { parseSelector } from '../../experiments/language/threshold.ts';
import type { Probe, ProbeTarget, ProbeTools } from '../../probes/probe.ts';
import { Evidence } from '../../probes/slo/evidence.ts';
import { measureLoad } from '../../probes/slo/judge-load.ts';
import { addToEvidence } from '../journal/reader.ts';
import type { Journal } from '../journal/writer.ts';
import { startLoad } from '../load/generator/start.ts';
import type { AskedTags } from '../load/recording/asked-series.ts';
import { startWatch } from './watch.ts';

export interface ObserveOptions {
  readonly experiment: Experiment;
  readonly probes: readonly Probe[];
  readonly journal: Journal;
  readonly startNs: bigint;
  readonly seed: number;
  readonly targetsOf: (target: string) => readonly ProbeTarget[];
  readonly tools: Omit<ProbeTools, 'measureLoad' | 'nowMs'>;
  readonly random: () => number;
}

export interface Observation {
  readonly evidence: Evidence;
  /** Resolves when the load has ended, or failed; both are in the journal then. */
  readonly loadEnded: Promise<void>;
  /** Ends the load alone. */
  stopLoad(): Promise<void>;
  /** Ends load and probes; everything that they saw is in the journal when it resolves. */
  stop(): Promise<void>;
}

/** Evidence that grows with the journal. */
export function evidenceOf(journal: Journal): Evidence {
  const evidence = new Evidence();
  journal.onEvent((event) => addToEvidence(evidence, event));
  return evidence;
}

/** All tags that some condition or probe of the experiment selects by, with the values that it asks for. */
export function tagsAsked(experiment: Experiment): AskedTags {
  const asked: Record<string, string[]> = {};
  const look = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const { metric, tags } = selectorParts.safeParse(part).data ?? {};
    if (metric !== undefined) for (const [name, value] of Object.entries(tags ?? {})) asked[name] = [...(asked[name] ?? []), value];
    for (const each of Object.values(part)) look(each);
  };
  look([experiment.hypothesis, experiment.objectives, experiment.stopWhen, experiment.thresholds]);
  const ofLoad = experiment.probes.filter(({ probe }) => probe === 'load');
  look(ofLoad.map(({ settings }) => parseSelector(String(settings['metric'] ?? ''))));
  return asked;
}

const selectorParts = z.object({ metric: z.string(), tags: z.record(z.string(), z.string()) });

/** Starts load and probes. Throws FiredrillError where the load cannot start. */
export function observe(options: ObserveOptions): Observation {
  const { journal, experiment, startNs } = options;
  const evidence = evidenceOf(journal);
  const ending = new AbortController();
  const nowMs = () => Number(process.hrtime.bigint() - startNs) / 1e6;
  const watch = startWatch({
    probes: experiment.probes,
    kinds: options.probes,
    targetsOf: options.targetsOf,
    tools: {
      ...options.tools,
      nowMs,
      measureLoad: (question, overMs) => measureLoad(question, evidence, nowMs() - overMs, nowMs()),
    },
    nowMs,
    onReading: (reading) => journal.append(reading),
    random: options.random,
    signal: ending.signal,
  });
  const load = startLoad({
    scenarios: experiment.scenarios,
    generators: experiment.generators,
    script: experiment.script,
    askedTags: tagsAsked(experiment),
    onScript: ({ file, sha256, options, scenarios }) =>
      journal.append({
        type: 'load.script',
        file,
        sha256,
        options,
        scenarios: scenarios.map(({ name, executor, text }) => ({ name, executor, text })),
      }),
    startNs,
    seed: options.seed,
    onSeries: (series) => journal.append({ type: 'load.series', series }),
    onMetric: (metric) => journal.append({ type: 'load.metric', metric }),
    onNote: (level, text) => journal.append({ type: 'note', level, text }),
    onCells: (cells) => journal.append({ type: 'load.frame', cells }),
    onGenerator: (facts) => journal.append({ type: 'load.generator', ...facts }),
    signal: ending.signal,
  });
  journal.onEvent((event) => {
    if (event.type === 'fault.in-effect') load.happened({ of: 'fault', fault: event.fault }, event.inEffectAtMs);
    if (event.type === 'fault.undone') load.happened({ of: 'undo', fault: event.fault }, event.undoneAtMs);
  });
  const ended = load.done.then(
    (totals) => (experiment.scenarios.length > 0 || experiment.script ? journal.append({ type: 'load.ended', ...totals }) : undefined),
    (error: unknown) => journal.append({ type: 'load.failed', error: error instanceof Error ? error.message : String(error) }),
  );
  const loadEnded = ended.then(() => undefined);
  return {
    evidence,
    loadEnded,
    stopLoad: () => load.stop(),
    async stop() {
      await load.stop();
      await loadEnded;
      await watch.stop();
      ending.abort();
    },
  };
}
