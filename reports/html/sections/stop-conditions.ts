/** The stop conditions: what would have ended the run, and whether it did. */
import { momentOf } from '../../figures.ts';
import type { Report, ReportStopCondition } from '../../report.ts';
import { type Content, html, type Markup } from '../markup.ts';

function renderCondition({ text, metAtMs, seen }: ReportStopCondition): Markup {
  const met = metAtMs === null ? html`<span class="none">never</span>` : momentOf(metAtMs);
  return html`<tr><th scope="row"><code>${text}</code></th><td data-label="Met">${met}</td>
<td class="prose" data-label="Seen">${seen === null ? html`<span class="none">–</span>` : seen}</td></tr>`;
}

/** The table; nothing where the experiment has none. */
export function renderStopConditions({ stopConditions = [] }: Report): Content {
  if (stopConditions.length === 0) return false;
  return html`<section><h2>Stop conditions</h2>
<table class="stacking stop-conditions"><thead><tr><th scope="col">Ends the run</th><th scope="col">Met</th><th scope="col">Seen</th></tr></thead>
<tbody>${stopConditions.map(renderCondition)}</tbody></table></section>`;
}
