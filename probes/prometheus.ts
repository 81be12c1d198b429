/**
 * A number by Prometheus' words: PromQL against a server, or series straight off a metrics page. What is not one number,
 * nothing, several series, NaN, is told plainly and is unknown; it is never taken for a value.
 */
import { z } from 'zod';
import type { Misfit } from '../experiments/language/kind.ts';
import { openPage, READS } from './metrics-page.ts';
import { defineProbe } from './probe.ts';
import { openServer } from './prometheus-server.ts';
import { parseSeriesSelector } from './series-selector.ts';

const address = z.url({ protocol: /^https?$/, error: 'is not an http:// or https:// address' });

const settings = z.strictObject({
  server: address.optional().describe('A Prometheus, with query: http://127.0.0.1:9090.'),
  query: z.string().min(1).optional().describe('PromQL that comes to one number, asked of the server at the instant of the look.'),
  page: address.optional().describe('A metrics page, with series: http://127.0.0.1:8080/metrics. No server is needed.'),
  series: z
    .string()
    .refine((text) => parseSeriesSelector(text) !== undefined, {
      error: 'selects no series; write it like http_requests_total{code=~"5.."}',
    })
    .optional()
    .describe('Series on the page, as Prometheus selects them: http_requests_total{code=~"5..",method!="GET"}.'),
  read: z
    .enum(READS)
    .default('value')
    .describe(
      'Of the series on the page: value (of the one there is), sum, avg, min, max, count (how many), or rate (growth a second since the look before, of all together).',
    ),
  headers: z.record(z.string(), z.coerce.string()).default({}).describe('Headers by name, for who has to say who they are.'),
});
type Settings = z.output<typeof settings>;

/** Keys that stand together, those of the other way that they exclude first. */
function misfits(given: Settings): readonly Misfit[] {
  const missing = (key: 'server' | 'query' | 'page' | 'series', hint: string): Misfit => ({
    key: 'probe',
    message: `prometheus needs '${key}'`,
    hint,
  });
  const isServer = given.server !== undefined || given.query !== undefined;
  const isPage = given.page !== undefined || given.series !== undefined;
  if (isServer && isPage) {
    const hint = 'write two probes';
    return [
      { key: given.page === undefined ? 'series' : 'page', message: 'a server is asked a query, or a page for its series, not both', hint },
    ];
  }
  if (isPage && given.page === undefined) return [missing('page', 'add page: http://127.0.0.1:8080/metrics')];
  if (isPage) return given.series === undefined ? [missing('series', 'add series: up')] : [];
  if (given.query === undefined) return [missing('query', 'add query: sum(up), or page: and series: without a server')];
  if (given.server === undefined) return [missing('server', 'add server: http://127.0.0.1:9090')];
  if (given.read !== 'value')
    return [{ key: 'read', message: "'read' is of the series on a page", hint: 'say it in the query: sum(…), rate(…[1m])' }];
  return [];
}

export const prometheus = defineProbe({
  name: 'prometheus',
  summary: 'A number by PromQL from a server, or of series straight off a metrics page, without one.',
  settings,
  looks: { label: 'Prometheus', colour: '#ea580c' },
  needsTarget: false,
  misfits,
  open({ server, query, page, series: text, read, headers }) {
    const series = text === undefined ? undefined : parseSeriesSelector(text);
    if (page !== undefined && text !== undefined && series) return openPage({ url: page, headers, series, text, read });
    if (server !== undefined && query !== undefined) return openServer({ server, headers, query });
    throw new Error('its settings were not checked');
  },
});
