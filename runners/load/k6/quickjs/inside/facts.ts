/** Where the virtual user is in its run, asked for at each access. */
import type { HostFacts } from '../../host.ts';

export class InsideFacts implements HostFacts {
  readonly #ask: (name: keyof HostFacts) => unknown;

  constructor(ask: (name: keyof HostFacts) => unknown) {
    this.#ask = ask;
  }

  get scenario(): string {
    return String(this.#ask('scenario'));
  }
  get executor(): string {
    return String(this.#ask('executor'));
  }
  get scenarioStartMs(): number {
    return Number(this.#ask('scenarioStartMs'));
  }
  get scenarioProgress(): number {
    return Number(this.#ask('scenarioProgress'));
  }
  get vuInInstance(): number {
    return Number(this.#ask('vuInInstance'));
  }
  get vuInTest(): number {
    return Number(this.#ask('vuInTest'));
  }
  get iterationOfVu(): number {
    return Number(this.#ask('iterationOfVu'));
  }
  get iterationOfVuInScenario(): number {
    return Number(this.#ask('iterationOfVuInScenario'));
  }
  get iterationOfScenario(): number {
    return Number(this.#ask('iterationOfScenario'));
  }
  get completed(): number {
    return Number(this.#ask('completed'));
  }
  get interrupted(): number {
    return Number(this.#ask('interrupted'));
  }
  get vusActive(): number {
    return Number(this.#ask('vusActive'));
  }
  get vusInitialized(): number {
    return Number(this.#ask('vusInitialized'));
  }
  get testMs(): number {
    return Number(this.#ask('testMs'));
  }
}
