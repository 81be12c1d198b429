/** A set as one HTML file: no other file is needed to read it, and links lead to the report of each run. */
import { lengthOf } from '../figures.ts';
import { html, Markup } from '../html/markup.ts';
import { statePill } from '../html/sections/state.ts';
import { STYLE } from '../html/style.ts';
import type { SetComparison, SetReport, SetRunReport } from './set-report.ts';
import { differenceText, measuredText, sideText, testText } from './words.ts';

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const VERDICTS = {
  passed: { sign: '✓', word: 'Passed', text: 'what was claimed holds' },
  failed: { sign: '✕', word: 'Failed', text: 'what was claimed does not hold' },
  inconclusive: { sign: '?', word: 'Inconclusive', text: 'the evidence is not enough to say' },
} as const;

function renderComparison(each: SetComparison): Markup {
  return html`<tr class="${each.state}"><th scope="row"><b>${each.name}</b><code>${measuredText(each)}</code>${each.description !== null && html`<small>${each.description}</small>`}</th>
<td data-label="Outcome">${statePill(each.state)}${each.noDifferent && html`<span class="seen">no different</span>`}</td>
<td data-label="Variant">${each.variant.name}<span class="seen">${sideText(each.variant)}</span></td>
<td data-label="Baseline">${each.baseline.name}<span class="seen">${sideText(each.baseline)}</span></td>
<td data-label="Difference">${differenceText(each)}</td>
<td class="prose" data-label="Claim"><code>${each.expect}</code><span class="seen">${testText(each) || each.seen}</span></td></tr>`;
}

function renderRun({ runId, variant, stored, report, verdict, exitCode, why, durationMs }: SetRunReport): Markup {
  return html`<tr><th scope="row"><a href="${encodeURI(report)}">${runId}</a></th><td data-label="Variant">${variant}${stored && html`<span class="seen">stored</span>`}</td>
<td data-label="Verdict">${verdict}<span class="seen">exit ${exitCode}</span></td><td data-label="Took">${lengthOf(durationMs)}</td><td class="prose" data-label="Why">${why}</td></tr>`;
}

function renderTables(report: SetReport): Markup {
  return html`${
    report.comparisons.length > 0 &&
    html`<section><h2>Comparisons</h2>
<table class="stacking comparisons"><thead><tr><th scope="col">Measured</th><th scope="col">Outcome</th><th scope="col">Variant</th><th scope="col">Baseline</th><th scope="col">Difference, 95 % interval</th><th scope="col">Claim and test</th></tr></thead>
<tbody>${report.comparisons.map(renderComparison)}</tbody></table></section>`
  }
${report.leftOut.length > 0 && html`<section><h2>Not compared</h2><ul>${report.leftOut.map(({ name, why }) => html`<li><b>${name}</b>: ${why}</li>`)}</ul></section>`}
<section><h2>Runs</h2><table class="stacking runs"><thead><tr><th scope="col">Run</th><th scope="col">Variant</th><th scope="col">Verdict</th><th scope="col">Took</th><th scope="col">Why</th></tr></thead>
<tbody>${report.runs.map(renderRun)}</tbody></table></section>`;
}

/** The whole document. Pure: the same report gives the same bytes. */
export function renderSetHtml(report: SetReport): string {
  const { sign, word, text } = VERDICTS[report.verdict];
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${word}: ${report.experiment.title}, compared</title><link rel="icon" href="data:,">
<style>${new Markup(STYLE)}</style></head>
<body><main><header class="verdict ${report.verdict}">
<p class="run">${report.experiment.title} <span class="variant">compared</span></p>
<h1><span class="badge" aria-hidden="true">${sign}</span><span><strong>${word}:</strong> ${text}</span></h1>
<ul class="why">${report.why.map((each) => html`<li>${each}</li>`)}</ul>
${report.experiment.description !== null && html`<p class="description">${report.experiment.description}</p>`}
<dl class="facts"><div><dt>Experiment</dt><dd>${report.experiment.file}</dd></div><div><dt>Set</dt><dd>${report.setId}</dd></div>
<div><dt>Seed</dt><dd>${report.seed}</dd></div><div><dt>Exit code</dt><dd>${report.exitCode}</dd></div><div><dt>firedrill</dt><dd>${report.version}</dd></div></dl></header>
${renderTables(report)}
<p class="fine">Differences are variant minus baseline, with the interval in which they lie with 95 % confidence. Everything here is in <code>report.json</code> beside this file.</p>
</main></body></html>
`;
  return page.source;
}
