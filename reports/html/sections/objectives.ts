/** The objectives: what was asked, what was seen, and the three instants with the error that the sampling allows. */
import { lengthOf, percentOf } from '../../figures.ts';
import type { Report, ReportClause, ReportObjective } from '../../report.ts';
import { type Content, html, type Markup } from '../markup.ts';
import { statePill, stateSign } from './state.ts';

const CLAUSES = {
  throughout: 'throughout',
  'mitigated-within': 'mitigated within',
  'recovered-within': 'recovered within',
  budget: 'budget',
  during: 'during the fault',
  since: 'since the fault',
  after: 'after the fault',
} as const;

function renderClause(clause: ReportClause): Markup {
  return html`<li>${stateSign(clause.state)} <span><span class="clause">${CLAUSES[clause.clause]}:</span> ${clause.text}<span class="seen">seen: ${clause.seen}</span></span></li>`;
}

function instant(afterMs: number | null, errorMs: number | null): Content {
  if (afterMs === null) return html`<span class="none">–</span>`;
  return html`${lengthOf(afterMs)}${errorMs !== null && html` <span class="error">± ${lengthOf(errorMs)}</span>`}`;
}

function instants(objective: ReportObjective, report: Report): Markup {
  if (objective.neverImpacted) return html`<td colspan="3" class="never" data-label="Impact">never impacted</td>`;
  const fault = report.faults.find((each) => each.name === objective.fault);
  const proofMs = fault?.inEffectAtMs ?? null;
  const impactMs = objective.firstImpactMs === null || proofMs === null ? null : objective.firstImpactMs - proofMs;
  return html`<td data-label="First impact">${instant(impactMs, objective.errorMs)}</td>
<td data-label="Mitigated">${instant(objective.mitigatedAfterMs, objective.errorMs)}</td>
<td data-label="Recovered">${instant(objective.recoveredAfterMs, objective.errorMs)}</td>`;
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
<th scope="col">First impact<small>since in effect</small></th><th scope="col">Mitigated<small>since in effect</small></th><th scope="col">Recovered<small>since its end</small></th>
<th scope="col">Failed share<small>of the whole run</small></th><th scope="col">Asked and seen</th></tr></thead>
<tbody>${report.objectives.map((objective) => renderObjective(objective, report))}</tbody></table></section>`;
}
