/** The faults: asked, proven, undone, read back; and, folded away, every act on every container. */
import { lengthOf, momentOf, plural } from '../../figures.ts';
import type { Report, ReportFault } from '../../report.ts';
import { type Content, html, type Markup } from '../markup.ts';
import { safeColour } from '../palette.ts';

const STATES = {
  'not-injected': 'not injected',
  unproven: 'not proven',
  'in-effect': 'no undo recorded',
  undone: 'undone',
  over: 'over',
  'not-undone': 'NOT UNDONE',
} as const;
/** Parts of a sentence that are shown without unfolding. */
const PARTS_SHOWN_MAX = 3;
const UNDONE_BY = { agent: 'by the agent', runner: 'by the runner', heals: 'by itself', none: 'and not to be undone' } as const;

function moment(atMs: number | null): string {
  return atMs === null ? '–' : momentOf(atMs);
}

/** How far apart the first and the last container were. */
function spread(times: readonly (number | null)[]): string {
  const known = times.filter((time) => time !== null);
  return known.length < 2 ? '–' : lengthOf(Math.max(...known) - Math.min(...known));
}

function renderActs(fault: ReportFault): Markup | false {
  if (fault.acts.length === 0) return false;
  const offset = (atMs: number | null, fromMs: number | null): string => {
    return atMs === null || fromMs === null ? '–' : `+${lengthOf(atMs - fromMs)}`;
  };
  return html`<details><summary>${plural(fault.acts.length, 'container')}</summary><table class="acts">
<thead><tr><th scope="col">Container</th><th scope="col">Hit<small>after asked</small></th><th scope="col">Undone at</th><th scope="col">By means of</th></tr></thead>
<tbody>${fault.acts.map((act) => html`<tr><th scope="row">${act.target}</th><td>${offset(act.injectedAtMs, fault.askedAtMs)}</td><td>${moment(act.undoneAtMs)}</td><td>${act.mechanism ?? '–'}${act.error !== null && html` <span class="bad">${act.error}</span>`}</td></tr>`)}</tbody></table>
${fault.effects.length > 0 && html`<ul class="effects">${fault.effects.map((effect) => html`<li>${effect}</li>`)}</ul>`}</details>`;
}

/** A sentence of many parts (one a container): the first, and the others folded away. */
function listed(text: string): Content {
  const [first = '', ...others] = text.split('; ');
  if (others.length < PARTS_SHOWN_MAX) return text;
  return html`${first}<details><summary>and ${others.length} more</summary>${others.map((each) => html`<span class="part">${each}</span>`)}</details>`;
}

function renderFault(fault: ReportFault): Markup {
  const proofAfter = fault.inEffectAtMs === null || fault.askedAtMs === null ? undefined : fault.inEffectAtMs - fault.askedAtMs;
  const bad = fault.state === 'not-undone' || fault.state === 'in-effect';
  const facts = Object.entries(fault.facts);
  return html`<tr><th scope="row"><b><i class="dot" style="--colour:${safeColour(fault.colour)}"></i>${fault.name}</b><span class="detail">${fault.label}</span>${renderActs(fault)}</th>
<td data-label="Asked">${moment(fault.askedAtMs)}</td>
<td data-label="In effect">${moment(fault.inEffectAtMs)}${proofAfter !== undefined && html`<span class="detail">+${lengthOf(proofAfter)}</span>`}</td>
<td data-label="Undone">${moment(fault.undoneAtMs)}${fault.undoneBecause !== null && fault.undoneAtMs !== null && html`<span class="detail">because: ${fault.undoneBecause}</span>`}</td>
<td data-label="Spread">${lengthOf(fault.injectionSpreadMs)}${fault.undoneAtMs !== null && html`<span class="detail">undo ${spread(fault.acts.map((act) => act.undoneAtMs))}</span>`}</td>
<td class="prose" data-label="Proof">${fault.proof === null ? 'none' : listed(fault.proof)}${facts.length > 0 && html`<span class="detail">${facts.map(([name, value]) => `${name} ${Number(value.toPrecision(6))}`).join(', ')}</span>`}</td>
<td class="prose" data-label="Read back"><b class="${bad ? 'bad' : ''}">${STATES[fault.state]}</b> ${fault.state === 'undone' || fault.state === 'over' ? UNDONE_BY[fault.undoneBy] : ''}${fault.readBack !== null && html`<span class="detail">${listed(fault.readBack)}</span>`}</td></tr>`;
}

/** The table of the faults. */
export function renderFaults(report: Report): Markup {
  if (report.faults.length === 0) return html`<section><h2>Faults</h2><p>None.</p></section>`;
  return html`<section><h2>Faults</h2><table class="stacking faults"><thead><tr><th scope="col">Fault</th><th scope="col">Asked</th><th scope="col">In effect</th><th scope="col">Undone</th><th scope="col">Spread<small>first to last</small></th><th scope="col">Proof</th><th scope="col">Read back</th></tr></thead>
<tbody>${report.faults.map(renderFault)}</tbody></table></section>`;
}
