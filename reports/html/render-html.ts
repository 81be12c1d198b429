/**
 * The report as one HTML file: no other file, no address, no script needed to read it. A content security policy in the
 * file itself forbids it to load anything, so that what a target answered can never make a reader's browser do something.
 */
import { createHash } from 'node:crypto';
import type { Report } from '../report.ts';
import { html, Markup } from './markup.ts';
import { SCRIPT } from './script.ts';
import { renderFaults } from './sections/faults.ts';
import { renderHappenings } from './sections/happenings.ts';
import { renderHypothesis } from './sections/hypothesis.ts';
import { renderLoad } from './sections/load.ts';
import { renderObjectives } from './sections/objectives.ts';
import { renderRunFacts } from './sections/run-facts.ts';
import { type Pictures, renderScreenshots } from './sections/screenshots.ts';
import { renderStopConditions } from './sections/stop-conditions.ts';
import { renderThresholds } from './sections/thresholds.ts';
import { renderVerdict } from './sections/verdict.ts';
import { STYLE } from './style.ts';
import { renderTimeline } from './timeline.ts';

const SCRIPT_HASH = createHash('sha256').update(SCRIPT).digest('base64');
const POLICY = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${SCRIPT_HASH}'; base-uri 'none'; form-action 'none'`;
const WORDS = { passed: 'Passed', failed: 'Failed', inconclusive: 'Inconclusive' } as const;

/** The whole document, with the pictures that its screenshots name. Pure: the same report gives the same bytes. */
export function renderHtml(report: Report, pictures: Pictures = new Map()): string {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${WORDS[report.verdict]}: ${report.experiment.title}</title><link rel="icon" href="data:,">
<style>${new Markup(STYLE)}</style></head>
<body><main>
${renderVerdict(report)}
${renderObjectives(report)}
${renderThresholds(report)}
${renderStopConditions(report)}
<section><h2>Timeline</h2>${renderTimeline(report)}</section>
${renderFaults(report)}
${renderScreenshots(report, pictures)}
${renderLoad(report)}
${renderHypothesis(report)}
${renderHappenings(report)}
${renderRunFacts(report)}
</main><script>${new Markup(SCRIPT)}</script></body></html>
`;
  return page.source;
}
