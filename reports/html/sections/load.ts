/** The load by scenario: over the whole run, and before, during and after the faults. */
import { countOf, failedOf, lengthOf, percentOf } from '../../figures.ts';
import type { Report } from '../../report.ts';
import { html, type Markup } from '../markup.ts';

type Scenario = Report['load']['scenarios'][number];
type Phase = Report['load']['phases'][number];
type Metric = Report['load']['metrics'][number];
type Figures = Pick<Scenario, 'planned' | 'sent' | 'failed' | 'p50Ms' | 'p95Ms' | 'p99Ms'>;

function cells(figures: Figures): Markup {
  return html`<td data-label="Planned">${countOf(figures.planned)}</td><td data-label="Sent">${countOf(figures.sent)}</td>
<td data-label="Failed" class="${figures.failed > 0 ? 'some' : ''}">${countOf(figures.failed)} <span class="error">${failedOf(figures)}</span></td>
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

/** One row for the whole run, and one for each phase. */
function renderRows(name: Markup, whole: Figures, phases: readonly (readonly [Phase, Figures | undefined])[]): Markup {
  const rows = phases.flatMap(([{ phase, fault }, figures]) => {
    const label = fault === null ? phase : `${phase} ${fault}`;
    return figures === undefined ? [] : html`<tr class="${phase}"><th scope="row">${label}</th>${cells(figures)}</tr>`;
  });
  return html`<tbody><tr class="whole"><th scope="rowgroup">${name}</th>${cells(whole)}</tr>
${rows}</tbody>`;
}

function renderScenario(scenario: Scenario, report: Report): Markup {
  const tags = Object.entries(scenario.tags)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
  const seen = [failures(scenario), checks(scenario)].filter((text) => text !== '');
  const name = html`<b>${scenario.name}</b>${tags !== '' && html`<span class="detail">${tags}</span>`}${seen.map((text) => html`<span class="detail">${text}</span>`)}`;
  const phases = report.load.phases.map((phase) => [phase, phase.scenarios.find((each) => each.name === scenario.name)] as const);
  return renderRows(name, scenario, phases);
}

function renderTag(tagged: Report['load']['tags'][number], report: Report): Markup {
  const phases = report.load.phases.map(
    (phase) => [phase, phase.tags.find(({ tag, value }) => tag === tagged.tag && value === tagged.value)] as const,
  );
  return renderRows(html`<b>${tagged.tag}: ${tagged.value}</b>`, tagged, phases);
}

function head(first: string): Markup {
  const columns = ['Planned', 'Sent', 'Failed', 'p50', 'p95', 'p99'].map((column) => html`<th scope="col">${column}</th>`);
  return html`<thead><tr><th scope="col">${first}</th>${columns}</tr></thead>`;
}

function renderTags(report: Report): Markup | false {
  const { tags } = report.load;
  return (
    tags.length > 0 &&
    html`<h3>By tag</h3><table class="stacking load">${head('Tag')}
${tags.map((tagged) => renderTag(tagged, report))}</table>`
  );
}

function metricText({ type, isTime, ...metric }: Metric): string {
  const number = (value: number | null) => (isTime ? lengthOf(value) : value === null ? '–' : String(Number(value.toPrecision(4))));
  if (type === 'counter') return number(metric.sum);
  if (type === 'rate') return percentOf(metric.rate);
  if (type === 'gauge') return `${number(metric.last)} (from ${number(metric.min)} to ${number(metric.max)})`;
  return `avg ${number(metric.avg)}, p50 ${number(metric.p50)}, p95 ${number(metric.p95)}, p99 ${number(metric.p99)}, max ${number(metric.max)}`;
}

function renderMetrics({ load: { metrics } }: Report): Markup | false {
  const rows = metrics.map((metric) => html`<tr><th scope="row">${metric.name}</th><td>${metricText(metric)}</td></tr>`);
  return metrics.length > 0 && html`<h3>Other metrics</h3><table class="stacking"><tbody>${rows}</tbody></table>`;
}

function generatorText({ generator }: Report): string {
  if (generator.lagP99Ms === null) return '';
  const cost = generator.cpuShare === null ? '' : `, using ${percentOf(generator.cpuShare)} of a core`;
  const many = (generator.processes ?? 1) > 1 ? ` in ${generator.processes} processes` : '';
  const again = generator.retried
    ? ` ${countOf(generator.retried)} requests were sent twice, because a connection that had rested was dead.`
    : '';
  return `The generator ran ${lengthOf(generator.lagP50Ms)} (median) and ${lengthOf(generator.lagP99Ms)} (p99) behind its plan in its worst second${cost}${many}.${again}`;
}

/** The tables, with the generator's own figures below them. */
export function renderLoad(report: Report): Markup {
  if (report.load.scenarios.length === 0) return html`<section><h2>Load</h2><p>The experiment drives none.</p></section>`;
  return html`<section><h2>Load</h2><table class="stacking load">${head('Scenario')}
${report.load.scenarios.map((scenario) => renderScenario(scenario, report))}</table>${renderTags(report)}${renderMetrics(report)}
<p class="fine">Latency counts from the intended send to the answer, so that time spent queueing in an outage is seen. ${generatorText(report)}</p></section>`;
}
