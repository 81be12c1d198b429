/** The thresholds: what the load as a whole had to come to. */
import type { Report, ReportThreshold } from '../../report.ts';
import { type Content, html, type Markup } from '../markup.ts';
import { statePill } from './state.ts';

function renderThreshold({ text, state, seen }: ReportThreshold): Markup {
  return html`<tr class="${state}"><th scope="row"><code>${text}</code></th><td data-label="State">${statePill(state)}</td>
<td class="prose" data-label="Seen">${seen}</td></tr>`;
}

/** The table; nothing where the experiment asks for nothing. */
export function renderThresholds({ thresholds = [] }: Report): Content {
  if (thresholds.length === 0) return false;
  return html`<section><h2>Thresholds</h2>
<table class="stacking thresholds"><thead><tr><th scope="col">Must hold</th><th scope="col">State</th><th scope="col">Seen</th></tr></thead>
<tbody>${thresholds.map(renderThreshold)}</tbody></table></section>`;
}
