/** `k6/execution`: where in the run a script is, its tags, and how to end the test from within. */
import type { ScriptHost } from '../host.ts';
import { tagValue } from './tags.ts';

type ExecutionHost = Pick<ScriptHost, 'inInit' | 'facts' | 'tags' | 'metadata' | 'options' | 'abort' | 'markFailed'>;

/** A map whose values are checked and made texts when set: `exec.vu.metrics.tags`. */
function checkedMap(map: Record<string, string>): Record<string, string> {
  return new Proxy(map, {
    set(target, key, value) {
      if (typeof key !== 'string') return false;
      target[key] = tagValue(key, value);
      return true;
    },
  });
}

/** Outside of iterations there is no scenario and no iteration to tell of. */
function insideOf<Facts extends object>(host: ExecutionHost, what: string, facts: Facts): Facts {
  return new Proxy(facts, {
    get(target, key, receiver) {
      if (host.inInit && typeof key === 'string' && key in target)
        throw new Error(`getting ${what} information in the init context is not supported`);
      return Reflect.get(target, key, receiver);
    },
  });
}

/** How the test ends when a script ends it without a word. */
const ABORTED = 'test aborted';

export function executionModule(host: ExecutionHost) {
  const tags = checkedMap(host.tags);
  const metadata = checkedMap(host.metadata);
  const vu = {
    get idInInstance() {
      return host.facts.vuInInstance;
    },
    get idInTest() {
      return host.facts.vuInTest;
    },
    get iterationInInstance() {
      return host.facts.iterationOfVu;
    },
    get iterationInScenario() {
      return host.facts.iterationOfVuInScenario;
    },
    get tags(): Record<string, string> {
      return tags;
    },
    set tags(value: Readonly<Record<string, unknown>>) {
      replace(tags, value);
    },
    metrics: {
      get tags(): Record<string, string> {
        return tags;
      },
      set tags(value: Readonly<Record<string, unknown>>) {
        replace(tags, value);
      },
      get metadata(): Record<string, string> {
        return metadata;
      },
      set metadata(value: Readonly<Record<string, unknown>>) {
        replace(metadata, value);
      },
    },
  };
  return {
    instance: insideOf(host, 'instance', instanceFacts(host)),
    scenario: insideOf(host, 'scenario', scenarioFacts(host)),
    test: {
      get options() {
        return host.options;
      },
      abort: (reason?: unknown): never => host.abort(reason === undefined ? ABORTED : `${ABORTED}: ${String(reason)}`),
      fail: (reason?: unknown): void => host.markFailed(reason === undefined ? '' : String(reason)),
    },
    vu,
  };
}

function replace(map: Record<string, unknown>, by: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(map)) if (!(key in by)) delete map[key];
  Object.assign(map, by);
}

function instanceFacts(host: ExecutionHost) {
  return {
    get iterationsInterrupted() {
      return host.facts.interrupted;
    },
    get iterationsCompleted() {
      return host.facts.completed;
    },
    get vusActive() {
      return host.facts.vusActive;
    },
    get vusInitialized() {
      return host.facts.vusInitialized;
    },
    get currentTestRunDuration() {
      return host.facts.testMs;
    },
  };
}

function scenarioFacts(host: ExecutionHost) {
  return {
    get name() {
      return host.facts.scenario;
    },
    get executor() {
      return host.facts.executor;
    },
    get startTime() {
      return host.facts.scenarioStartMs;
    },
    get progress() {
      return host.facts.scenarioProgress;
    },
    get iterationInInstance() {
      return host.facts.iterationOfScenario;
    },
    get iterationInTest() {
      return host.facts.iterationOfScenario;
    },
  };
}
