/** A host for modules that need no network: it remembers what it is told. */

import { digestHex } from '../../../../../runners/load/k6/digests.ts';
import type { HostFacts, MetricType, Tags } from '../../../../../runners/load/k6/host.ts';

export interface Sampled {
  readonly metric: string;
  readonly value: number;
  readonly tags: Tags;
}

export class MemoryHost {
  inInit = false;
  readonly tags: Record<string, string> = {};
  readonly metadata: Record<string, string> = {};
  readonly options: Record<string, unknown> = { vus: 3 };
  readonly samples: Sampled[] = [];
  readonly metrics: [string, MetricType, boolean][] = [];
  readonly said: string[] = [];
  readonly slept: number[] = [];
  readonly seeds: number[] = [];
  readonly timers: [number, boolean][] = [];
  readonly cleared: number[] = [];
  readonly facts: HostFacts = {
    scenario: 'buyers',
    executor: 'constant-vus',
    scenarioStartMs: 1_000_000,
    scenarioProgress: 0.5,
    vuInInstance: 7,
    vuInTest: 7,
    iterationOfVu: 4,
    iterationOfVuInScenario: 4,
    iterationOfScenario: 40,
    completed: 30,
    interrupted: 2,
    vusActive: 5,
    vusInitialized: 6,
    testMs: 12_345,
  };

  sample(metric: string, value: number, tags?: Tags): void {
    this.samples.push({ metric, value, tags: { ...this.tags, ...tags } });
  }
  metric(name: string, type: MetricType, isTime: boolean): void {
    this.metrics.push([name, type, isTime]);
  }
  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
  }
  randomSeed(seed: number): void {
    this.seeds.push(seed);
  }
  shared(_name: string, build: () => readonly unknown[]): readonly unknown[] {
    return build();
  }
  setTimer(delayMs: number, repeat: boolean, callback: () => unknown): number {
    this.timers.push([delayMs, repeat]);
    callback();
    return this.timers.length;
  }
  clearTimer(id: number): void {
    this.cleared.push(id);
  }
  digest(algorithm: string, data: string | Uint8Array, key?: string | Uint8Array): string {
    return digestHex(algorithm, data, key);
  }
  randomBytes(count: number): Uint8Array {
    return new Uint8Array(count).fill(7);
  }
  log(level: string, text: string): void {
    this.said.push(`${level} ${text}`);
  }
  abort(reason: string): never {
    throw new Error(reason);
  }
  markFailed(reason: string): void {
    this.said.push(`failed ${reason}`);
  }
}
