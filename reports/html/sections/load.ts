/** The load by scenario: over the whole run, and before, during and after the faults. */
import { countOf, lengthOf, percentOf } from '../../figures.ts';
import type { Report } from '../../report.ts';
import { html, type Markup } from '../markup.ts';

type Scenario = Report['load']['scenarios'][number];
type Figures = Pick<Scenario, 'planned' | 'sent' | 'failed' | 'p50Ms' | 'p95Ms' | 'p99Ms'>;

function cells(figures: Figures): Markup {
  const share = figures.sent === 0 ? null : figures.failed / figures.sent;
  return html`<td data-label="Planned">${countOf(figures.planned)}</td><td data-label="Sent">${countOf(figures.sent)}</td>
<td data-label="Failed" class="${figures.failed > 0 ? 'some' : ''}">${countOf(figures.failed)} <span class="error">${percentOf(share)}</span></td>
<td data-label="p50">${lengthOf(figures.p50Ms)}</td><td data-label="p95">${lengthOf(figures.p95Ms)}</td><td data-label="p99">${lengthOf(figures.p99Ms)}</td>`;
}

/** Outcomes that were not plain successes. */
function failures(scenario: Scenario): string {
  const found = Object.entries(scenario.outcomes).filter(([outcome, count]) => outcome !== 'ok' && count > 0);
  return found.map(([outcome, count]) => `${countOf(count)} ${outcome}`).join(', ');
}

function checks(scenario: Scenario): string {
  return Object.entries(scenario.checks)
    .map(([name, { passed, failed }]) => `${name}: ${countOf(passed)} passed, ${countOf(failed)} failed`)
    .join('; ');
}

function renderScenario(scenario: Scenario, report: Report): Markup {
  const tags = Object.entries(scenario.tags)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
  const phases = report.load.phases.flatMap((phase) => {
    const figures = phase.scenarios.find((each) => each.name === scenario.name);
    return figures === undefined ? [] : html`<tr class="${phase.phase}"><th scope="row">${phase.phase}</th>${cells(figures)}</tr>`;
  });
  const seen = [failures(scenario), checks(scenario)].filter((text) => text !== '');
  return html`<tbody><tr class="whole"><th scope="rowgroup"><b>${scenario.name}</b>${tags !== '' && html`<span class="detail">${tags}</span>`}${seen.map((text) => html`<span class="detail">${text}</span>`)}</th>${cells(scenario)}</tr>
${phases}</tbody>`;
}

/** The table, with the generator's own figures below it. */
export function renderLoad(report: Report): Markup {
  if (report.load.scenarios.length === 0) return html`<section><h2>Load</h2><p>The experiment drives none.</p></section>`;
  const { generator } = report;
  const lag = `The generator ran ${lengthOf(generator.lagP50Ms)} (median) and ${lengthOf(generator.lagP99Ms)} (p99) behind its plan`;
  return html`<section><h2>Load</h2><table class="stacking load"><thead><tr><th scope="col">Scenario</th><th scope="col">Planned</th><th scope="col">Sent</th><th scope="col">Failed</th><th scope="col">p50</th><th scope="col">p95</th><th scope="col">p99</th></tr></thead>
${report.load.scenarios.map((scenario) => renderScenario(scenario, report))}</table>
<p class="fine">Latency counts from the intended send to the answer, so that time spent queueing in an outage is seen. ${generator.lagP99Ms !== null && `${lag}${generator.cpuShare === null ? '' : `, using ${percentOf(generator.cpuShare)} of a core`}.`}</p></section>`;
}
