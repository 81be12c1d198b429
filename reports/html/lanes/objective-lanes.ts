/** The objectives' indicators on the time axis: good, not good, or unknown, with its instants marked. */
import { momentOf } from '../../figures.ts';
import type { Report, ReportObjective } from '../../report.ts';
import type { Markup } from '../markup.ts';
import { renderMark, renderRow, renderSegment } from '../row.ts';
import type { TimeAxis } from '../scale.ts';

const WORDS = { good: 'good', 'not-good': 'not good', unknown: 'unknown' } as const;

function marks(objective: ReportObjective, axis: TimeAxis): Markup[] {
  const instants = [
    { atMs: objective.firstImpactMs, sign: '↓', text: 'first impact' },
    { atMs: objective.instants.detected?.latestMs ?? null, sign: 'D', text: 'detected' },
    { atMs: objective.mitigatedMs, sign: 'M', text: 'mitigated' },
    { atMs: objective.recoveredMs, sign: 'R', text: 'recovered' },
  ];
  return instants.flatMap(({ atMs, sign, text }) => {
    return atMs === null ? [] : renderMark(axis.percent(atMs), 'instant', sign, `${text} at ${momentOf(atMs)}`);
  });
}

/** A lane for each objective that has an indicator. */
export function objectiveLanes(report: Report, axis: TimeAxis): Markup[] {
  return report.objectives
    .filter((objective) => objective.intervals.length > 0)
    .map((objective) => {
      const bad = objective.intervals.filter((each) => each.state === 'not-good');
      const spoken = bad.map((each) => `not good from ${momentOf(each.fromMs)} to ${momentOf(each.toMs)}`).join(', ');
      return renderRow({
        label: objective.name,
        kind: 'lane judged',
        heightPx: 18,
        track: [
          objective.intervals.map((each) =>
            renderSegment({
              fromPercent: axis.percent(each.fromMs),
              toPercent: axis.percent(each.toMs),
              tone: each.state,
              text: WORDS[each.state],
              title: `${WORDS[each.state]}: ${momentOf(each.fromMs)} to ${momentOf(each.toMs)}`,
            }),
          ),
          marks(objective, axis),
        ],
        description: spoken === '' ? 'never seen not good' : spoken,
      });
    });
}
