import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokenJourney, journeyFailure, networkTrouble } from '../../../probes/browser/failure.ts';
import { JourneyLog } from '../../../probes/browser/journey-log.ts';

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

test('what the page or its server did is the system’s failure, what the browser did is not', () => {
  const told = (error: Error, timedOut = false) => {
    const { whose, text } = journeyFailure(error, timedOut);
    return `${whose}: ${text}`;
  };
  assert.equal(told(new BrokenJourney('answered 503')), 'system: answered 503');
  assert.equal(told(new Error('page.goto: net::ERR_CONNECTION_REFUSED at http://127.0.0.1:1/')), 'system: ERR_CONNECTION_REFUSED');
  assert.equal(told(new Error('page.goto: net::ERR_ABORTED at http://127.0.0.1:1/')), 'system: ERR_ABORTED');
  assert.equal(told(named('TimeoutError', 'locator.click: Timeout 900ms exceeded.\n Call log')), 'system: timed out');
  assert.equal(told(named('AbortError', 'The operation was aborted')), 'system: timed out');
  assert.equal(told(new Error('page.goto: net::ERR_NETWORK_CHANGED at http://127.0.0.1:1/')), 'tool: ERR_NETWORK_CHANGED');
  assert.match(told(new Error('page.goto: Target page, context or browser has been closed')), /^tool: /);
  assert.match(told(new Error('locator.click: Error: strict mode violation: locator("p") resolved to 2 elements')), /^tool: /);
});

test('a request that the page itself gave up is no failure, and one that the browser’s own network lost is counted apart', () => {
  assert.equal(networkTrouble('net::ERR_ABORTED'), undefined);
  assert.deepEqual(networkTrouble('net::ERR_EMPTY_RESPONSE'), { whose: 'system', text: 'ERR_EMPTY_RESPONSE' });
  const log = new JourneyLog();
  log.addFailedRequest('http://x/', { whose: 'tool', text: 'ERR_NETWORK_CHANGED' });
  assert.deepEqual([log.failedRequests, log.ownTrouble, log.broken()], [0, 'ERR_NETWORK_CHANGED', undefined]);
});

test('failed requests are all counted, and the first few told without what stands in their query', () => {
  const log = new JourneyLog();
  for (const path of ['/a?token=secret', '/b', '/c', '/d', '/e']) {
    log.addFailedRequest(`http://127.0.0.1${path}`, { whose: 'system', text: '503' });
  }
  assert.equal(log.failedRequests, 5);
  assert.equal(log.broken(), '503 of /a, 503 of /b, 503 of /c and 2 more');
});
