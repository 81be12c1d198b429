/** Gates, stops and notes as one list in the order of time. */
import { momentOf } from '../../figures.ts';
import type { Report } from '../../report.ts';
import { html, type Markup } from '../markup.ts';

interface Happening {
  readonly atMs: number;
  readonly what: string;
  readonly tone: string;
  readonly text: string;
}

function happenings(report: Report): Happening[] {
  return [
    ...report.gates.map((gate) => ({ atMs: gate.atMs, what: 'gate', tone: 'gate', text: `${gate.question} (${gate.answer})` })),
    ...report.stops.map((stop) => ({ atMs: stop.atMs, what: 'stop', tone: 'error', text: `${stop.because}: ${stop.detail}` })),
    ...report.notes.map((note) => ({
      atMs: note.atMs,
      what: note.level === 'info' ? 'note' : note.level,
      tone: note.level,
      text: note.text,
    })),
  ].toSorted((left, right) => left.atMs - right.atMs);
}

/** The list, or nothing. */
export function renderHappenings(report: Report): Markup | false {
  const all = happenings(report);
  if (all.length === 0) return false;
  return html`<section><h2>Gates, stops and notes</h2><ol class="happenings">${all.map(
    (each) => html`<li class="${each.tone}"><time>${momentOf(each.atMs)}</time><b>${each.what}</b><span>${each.text}</span></li>`,
  )}</ol></section>`;
}
