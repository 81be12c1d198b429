/** What a scenario's iterations consist of: single requests and chains of steps, each with its weight, all made ready beforehand. */

import type { ChainStep, Scenario } from '../../../experiments/language/experiment.ts';
import type { Pause } from '../../../experiments/language/pause.ts';
import { createRandom } from '../pacing/random.ts';
import { createSource } from './data.ts';
import { type PreparedRequest, prepareRequest, type RequestDefaults, type WrittenRequest } from './request-template.ts';
import { Slots } from './values.ts';

export type PreparedStep =
  | { readonly type: 'request'; readonly request: PreparedRequest }
  | { readonly type: 'think'; readonly pause: Pause };

export interface PreparedIteration {
  readonly weight: number;
  readonly steps: readonly PreparedStep[];
}

export interface PreparedIterations {
  readonly slots: Slots;
  readonly all: readonly PreparedIteration[];
  /** Cookies are kept so long. */
  readonly cookies: 'off' | 'iteration' | 'user';
}

/** The steps of each iteration that a scenario may draw, as written. */
function writtenIterations({
  requests,
  chains = [],
}: Pick<Scenario, 'requests' | 'chains'>): { weight: number; steps: readonly (ChainStep | WrittenRequest)[] }[] {
  return [...requests.map((request) => ({ weight: request.weight, steps: [request] })), ...chains];
}

function isPause(step: ChainStep | WrittenRequest): step is Extract<ChainStep, { think: unknown }> {
  return 'think' in step;
}

/** Makes all of a scenario ready; throws FiredrillError where it cannot be. The runner does it beforehand, to refuse early. */
export function prepareIterations(scenario: Scenario, seed: number): PreparedIterations {
  const { name, chains = [], cookies = chains.length > 0 ? 'iteration' : 'off' } = scenario;
  const sources = Object.entries(scenario.data).map(
    ([data, generator]) => [data, createSource(generator, createRandom(seed, `${name}/${data}`))] as const,
  );
  const written = writtenIterations(scenario);
  const extracted = written.flatMap(({ steps }) => steps.flatMap((step) => (isPause(step) ? [] : Object.keys(step.extract ?? {}))));
  const slots = new Slots(new Map(sources), new Set(extracted));
  const defaults: RequestDefaults = {
    name,
    timeoutMs: scenario.timeout.ms,
    redirects: scenario.redirects ?? 0,
    cookies: cookies !== 'off',
  };
  const prepare = (step: ChainStep | WrittenRequest): PreparedStep =>
    isPause(step) ? { type: 'think', pause: step.think } : { type: 'request', request: prepareRequest(step, defaults, slots) };
  return { slots, cookies, all: written.map(({ weight, steps }) => ({ weight, steps: steps.map(prepare) })) };
}

/** How long an iteration takes at most. */
export function longestIterationMs({ all }: PreparedIterations): number {
  const lengths = all.map(({ steps }) =>
    steps.reduce((sum, step) => sum + (step.type === 'think' ? step.pause.toMs : step.request.timeoutMs * (1 + step.request.redirects)), 0),
  );
  return Math.max(0, ...lengths);
}
