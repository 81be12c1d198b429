/** The objectives: what was asked, what was seen, and the instants with the error that the sampling allows. */
import { type InstantText, percentOf } from '../../figures.ts';
import { instantColumns } from '../../instant-columns.ts';
import type { Report, ReportClause, ReportObjective } from '../../report.ts';
import { type Content, html, type Markup } from '../markup.ts';
import { statePill, stateSign } from './state.ts';

const CLAUSES = {
  throughout: 'throughout',
  'detected-within': 'detected within',
  'mitigated-within': 'mitigated within',
  'recovered-within': 'recovered within',
  'steady-within': 'steady within',
  budget: 'budget',
  during: 'during the fault',
  since: 'since the fault',
  after: 'after the fault',
} as const;

function renderClause(clause: ReportClause): Markup {
  return html`<li>${stateSign(clause.state)} <span><span class="clause">${CLAUSES[clause.clause]}:</span> ${clause.text}<span class="seen">seen: ${clause.seen}</span></span></li>`;
}

function instant(text: InstantText | null): Content {
  if (text === null) return html`<span class="none">–</span>`;
  return html`${text.after}${text.off !== null && html` <span class="error">± ${text.off}</span>`}`;
}

function instants(objective: ReportObjective, report: Report): Content {
  const cells = instantColumns(report).map(({ label, of }) => ({ label, text: of(objective) }));
  const never = html`<td colspan="${cells.length}" class="never" data-label="Impact">never impacted</td>`;
  if (objective.neverImpacted && cells.every(({ text }) => text === null)) return never;
  return cells.map(({ label, text }, index) => {
    const shown = objective.neverImpacted && index === 0 ? 'never' : instant(text);
    return html`<td data-label="${label}">${shown}</td>\n`;
  });
}

function renderObjective(objective: ReportObjective, report: Report): Markup {
  return html`<tr class="${objective.state}"><th scope="row"><b>${objective.name}</b>
${objective.description !== null && html`<span class="detail">${objective.description}</span>`}
${objective.indicator !== null && html`<code>${objective.indicator}</code>`}</th>
<td data-label="State">${statePill(objective.state)}</td>
${instants(objective, report)}
<td data-label="Failed share">${objective.failedShare === null ? html`<span class="none">–</span>` : percentOf(objective.failedShare)}</td>
<td class="clauses" data-label="Asked and seen"><ul>${objective.clauses.map(renderClause)}</ul></td></tr>`;
}

/** The table; a sentence where the experiment has no objectives. */
export function renderObjectives(report: Report): Markup {
  if (report.objectives.length === 0) return html`<section><h2>Objectives</h2><p>The experiment states none.</p></section>`;
  return html`<section><h2>Objectives</h2>
<table class="stacking objectives"><thead><tr><th scope="col">Objective</th><th scope="col">State</th>
${instantColumns(report).map(({ label, since }) => html`<th scope="col">${label}<small>since ${since}</small></th>\n`)}
<th scope="col">Failed share<small>of the whole run</small></th><th scope="col">Asked and seen</th></tr></thead>
<tbody>${report.objectives.map((objective) => renderObjective(objective, report))}</tbody></table></section>`;
}
