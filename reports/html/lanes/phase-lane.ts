/** The phases of the run as one lane. */
import { momentOf } from '../../figures.ts';
import type { Report } from '../../report.ts';
import type { Markup } from '../markup.ts';
import { renderMark, renderRow, renderSegment } from '../row.ts';
import type { TimeAxis } from '../scale.ts';

const WORDS: Readonly<Record<string, string>> = {
  'steady-state': 'steady state',
  arming: 'arming',
  method: 'method',
  recovery: 'recovery',
};

/** One stretch a phase, each up to the next one's start. */
export function phaseLane(report: Report, axis: TimeAxis): Markup {
  const begun = report.phases.filter((each) => each.phase !== 'ended');
  const segments = report.phases.flatMap((each, index) => {
    const text = WORDS[each.phase];
    if (text === undefined) return [];
    const endMs = report.phases[index + 1]?.atMs ?? axis.endMs;
    return renderSegment({
      fromPercent: axis.percent(each.atMs),
      toPercent: axis.percent(endMs),
      tone: `phase ${each.phase}`,
      text,
      title: `${text}: ${momentOf(each.atMs)} to ${momentOf(endMs)}`,
    });
  });
  const description = begun.map((each) => `${WORDS[each.phase] ?? each.phase} from ${momentOf(each.atMs)}`).join(', ');
  return renderRow({ label: 'Phases', kind: 'lane', heightPx: 18, track: segments, description });
}

/** Gates and stops as signs on a lane of their own; nothing where there were none. */
export function peopleLane(report: Report, axis: TimeAxis): Markup | false {
  const signs = [
    ...report.gates.map((gate) => ({ atMs: gate.atMs, tone: 'gate', sign: '◆', text: `gate: ${gate.question} (${gate.answer})` })),
    ...report.stops.map((stop) => ({ atMs: stop.atMs, tone: 'stop', sign: '■', text: `stop: ${stop.because}, ${stop.detail}` })),
  ];
  if (signs.length === 0) return false;
  const track = signs.map((each) =>
    renderMark(axis.percent(each.atMs), `sign ${each.tone}`, each.sign, `${each.text} at ${momentOf(each.atMs)}`),
  );
  const description = signs.map((each) => `${each.text} at ${momentOf(each.atMs)}`).join(', ');
  return renderRow({ label: '◆ gates, ■ stops', kind: 'lane', heightPx: 18, track, description });
}
