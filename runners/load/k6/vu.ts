/** A virtual user of a script: its own run of the init context, and the functions that came of it. */

import type { Connections } from './connections.ts';
import type { Tags } from './host.ts';
import { RequestSamples } from './request-samples.ts';
import type { Script, ScriptExports, ScriptInstance } from './script.ts';
import type { ScriptTest } from './script-test.ts';
import type { ScenarioFacts } from './vu-facts.ts';
import { VuHost } from './vu-host.ts';

/** Where a virtual user belongs; setup, teardown and handleSummary belong nowhere. */
export interface VuPlace {
  readonly scenario: ScenarioFacts;
  readonly environment: Tags;
  readonly tags: Tags;
}

export interface VuParts {
  readonly test: ScriptTest;
  readonly script: Script;
  readonly connections: Pick<Connections, 'user'>;
  /** `__VU`; 0 for setup, teardown and handleSummary. */
  readonly id: number;
  readonly place?: VuPlace | undefined;
}

export class Vu {
  readonly id: number;
  readonly host: VuHost;
  /** What the script exports, for this virtual user. */
  readonly exports: ScriptExports | Promise<ScriptExports>;
  readonly #instance: ScriptInstance;
  #setupText: string | undefined;
  #setupData: unknown;

  /** Throws what the init context throws. */
  constructor({ test, script, connections, id, place }: VuParts) {
    this.id = id;
    const tags: Record<string, string> = { ...place?.tags };
    this.host = new VuHost({ test, id, tags, network: connections.user(new RequestSamples(test, tags)) });
    const environment: Record<string, string> = { ...test.environment };
    const ready = (exports: ScriptExports): ScriptExports => {
      this.host.ready();
      if (place) {
        this.host.facts.place = place.scenario;
        Object.assign(environment, place.environment);
      }
      return exports;
    };
    const { facts } = this.host;
    this.#instance = script.instantiate({
      host: this.host,
      files: test.files,
      environment,
      vu: id,
      iteration: () => Math.max(0, facts.iterationOfVu),
      onGiveUp: (listener) => {
        this.host.onGiveUp = listener;
      },
    });
    const { exports } = this.#instance;
    this.exports = exports instanceof Promise ? exports.then(ready) : ready(exports);
  }

  /** An iteration begins, that was meant to begin at `intendedMs` on the run's clock. */
  begin(intendedMs: number, scenarioIteration: number, { keepsCookies }: { readonly keepsCookies: boolean }): void {
    if (!keepsCookies) this.#instance.endIteration();
    this.host.begin(intendedMs, scenarioIteration);
  }

  /** What setup gave, as this virtual user's own copy. */
  setupData(text: string | undefined): unknown {
    if (text !== this.#setupText) {
      this.#setupText = text;
      this.#setupData = text === undefined ? undefined : JSON.parse(text);
    }
    return this.#setupData;
  }

  /** Calls an exported function, and waits for all that it set off. Throws what it throws. */
  async call(name: string, ...args: readonly unknown[]): Promise<unknown> {
    const exports = this.exports instanceof Promise ? await this.exports : this.exports;
    const called = exports[name];
    if (typeof called !== 'function') throw new Error(`the script exports no function '${name}'`);
    const result: unknown = await called(...args);
    await this.host.settled();
    return result;
  }
}
