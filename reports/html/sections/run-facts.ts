/** The foot of the page: what ran where, so that the run can be repeated. */
import type { Report } from '../../report.ts';
import { html, type Markup } from '../markup.ts';

const RESTORED = 'The system was put back as it was found.';

const GIB = 1024 ** 3;

/** `memoryBytes: 25123` reads as memory in GiB; everything else as it is. */
function machineFact(name: string, value: string | number): Markup {
  const bytes = typeof value === 'number' && name.endsWith('Bytes');
  const text = bytes ? `${(value / GIB).toFixed(1)} GiB` : value;
  return html`<div><dt>${bytes ? name.slice(0, -'Bytes'.length) : name}</dt><dd>${text}</dd></div>`;
}

/** Machine, seed, version, blast radius by region. */
export function renderRunFacts(report: Report): Markup {
  const { regions, seed, restored } = report.system;
  const machine = Object.entries(report.machine).map(([name, value]) => machineFact(name, value));
  return html`<section class="run-facts"><h2>The run</h2><dl class="facts">${machine}
${seed !== null && html`<div><dt>Seed</dt><dd>${seed}</dd></div>`}<div><dt>Exit code</dt><dd>${report.exitCode}</dd></div><div><dt>firedrill</dt><dd>${report.version}</dd></div></dl>
${regions.length > 0 && html`<p>Containers touched: ${regions.map((each) => `${each.region} ${each.touched} of ${each.total}`).join(', ')}.</p>`}
${restored === true && html`<p>${RESTORED}</p>`}
<p class="fine">All times are from the start of the run unless a heading says otherwise. Everything here, and more of it, is in <code>report.json</code> beside this file.</p></section>`;
}
