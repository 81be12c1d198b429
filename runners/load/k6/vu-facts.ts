/** Where a virtual user is in the run; read by `k6/execution`, and by our own summary. */
import type { HostFacts } from './host.ts';
import type { ScriptTest } from './script-test.ts';

/** A scenario at work, as its virtual users see it. */
export interface ScenarioFacts {
  readonly name: string;
  readonly executor: string;
  /** Wall clock, ms since 1970; 0 before it has begun. */
  readonly startedWallMs: number;
  /** From 0 to 1. */
  readonly progress: number;
}

const NOWHERE: ScenarioFacts = { name: '', executor: '', startedWallMs: 0, progress: 0 };

export class VuFacts implements HostFacts {
  readonly vuInInstance: number;
  readonly vuInTest: number;
  /** −1 before the first iteration. */
  iterationOfVu = -1;
  iterationOfScenario = 0;
  place: ScenarioFacts = NOWHERE;
  readonly #test: ScriptTest;

  constructor(test: ScriptTest, id: number) {
    this.#test = test;
    this.vuInInstance = id;
    this.vuInTest = id;
  }

  begin(scenarioIteration: number): void {
    this.iterationOfVu += 1;
    this.iterationOfScenario = scenarioIteration;
  }

  get scenario(): string {
    return this.place.name;
  }

  get executor(): string {
    return this.place.executor;
  }

  get scenarioStartMs(): number {
    return this.place.startedWallMs;
  }

  get scenarioProgress(): number {
    return this.place.progress;
  }

  /** A virtual user belongs to one scenario. */
  get iterationOfVuInScenario(): number {
    return this.iterationOfVu;
  }

  get completed(): number {
    return this.#test.countsInAll.completed;
  }

  get interrupted(): number {
    return this.#test.countsInAll.interrupted;
  }

  get vusActive(): number {
    return this.#test.countsInAll.vusActive;
  }

  get vusInitialized(): number {
    return this.#test.countsInAll.vusInitialized;
  }

  get testMs(): number {
    return this.#test.elapsedMs;
  }
}
