/** The top of the page: the verdict in plain words, why, and what the run was. */
import { lengthOf, plural } from '../../figures.ts';
import type { Report } from '../../report.ts';
import { html, type Markup } from '../markup.ts';

const VERDICTS = {
  passed: { sign: '✓', word: 'Passed', text: 'the system held' },
  failed: { sign: '✕', word: 'Failed', text: 'the system did not hold' },
  inconclusive: { sign: '?', word: 'Inconclusive', text: 'the evidence is not enough to say' },
} as const;

/** What a person must know before they believe the rest. */
function warnings(report: Report): Markup[] {
  const notUndone = report.faults.filter((fault) => fault.state === 'not-undone' || fault.state === 'in-effect');
  const found: Markup[] = [];
  if (notUndone.length > 0) {
    const names = notUndone.map((fault) => fault.name).join(', ');
    found.push(html`<b>Not known to be undone: ${names}.</b> Look at the targets; <code>firedrill sweep</code> finds what is left.`);
  }
  if (report.system.restored === false) found.push(html`<b>The system was not restored</b> to what it was before the run; see the notes.`);
  if (!report.complete) found.push(html`<b>The run did not end in order.</b> This report says what its journal holds.`);
  if (report.generator.limited) {
    const lag = lengthOf(report.generator.lagP99Ms);
    found.push(
      html`<b>Generator-limited: the load generator was late</b> (p99 ${lag} behind its plan in its worst second): the machine was too busy. Latency that this may explain is held against nobody.`,
    );
  }
  if (report.generator.failure !== null) found.push(html`<b>A part of the load is missing</b>: ${report.generator.failure}`);
  return found;
}

function fact(name: string, value: string | Markup | false | null): Markup | false {
  return value !== false && value !== null && html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function day(startedAt: string): string {
  return startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}

/** Verdict, reasons, warnings, title and the facts of the run. */
export function renderVerdict(report: Report): Markup {
  const { sign, word, text } = VERDICTS[report.verdict];
  const { touched, total } = report.system;
  return html`<header class="verdict ${report.verdict}">
<p class="run">${report.experiment.title}${report.variant !== null && html` <span class="variant">variant ${report.variant}</span>`}</p>
<h1><span class="badge" aria-hidden="true">${sign}</span><span><strong>${word}:</strong> ${text}</span></h1>
${report.why.length > 0 && html`<ul class="why">${report.why.map((each) => html`<li>${each}</li>`)}</ul>`}
${warnings(report).map((each) => html`<p class="warning" role="alert">${each}</p>`)}
${report.experiment.description !== null && html`<p class="description">${report.experiment.description}</p>`}
<dl class="facts">
${fact('Experiment', report.experiment.file)}
${fact('Started', html`<time datetime="${report.startedAt}">${day(report.startedAt)}</time>`)}
${fact('Took', lengthOf(report.durationMs))}
${fact('Touched', touched !== null && total !== null && `${touched} of ${plural(total, 'container')}`)}
${fact('Project', report.system.project)}
${fact('Run', report.runId)}
</dl></header>`;
}
