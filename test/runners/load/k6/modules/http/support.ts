/** `k6/http` on a host without a network. */

import type { HostRequest } from '../../../../../../runners/load/k6/host.ts';
import { parsePage } from '../../../../../../runners/load/k6/modules/html.ts';
import { httpModule } from '../../../../../../runners/load/k6/modules/http.ts';
import { type FakeAnswer, FakeHost } from '../../fake-host.ts';

export function begin(answer?: (request: HostRequest, index: number) => FakeAnswer) {
  const host = new FakeHost(answer);
  const { exports: http, endIteration } = httpModule(host, parsePage);
  return { host, http, endIteration };
}

/** Answers in turn, the last one again and again. */
export function inTurn(...answers: FakeAnswer[]) {
  return begin((_, index) => answers[Math.min(index, answers.length - 1)] ?? {});
}

export function redirectTo(location: string, status = 302, ...more: [string, string][]): FakeAnswer {
  return { status, headers: [['Location', location], ...more] };
}
