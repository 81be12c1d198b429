/** What happened to containers: a lane for each that the engine reported on, with the stretches it was down, paused or unhealthy. */
import { momentOf } from '../../figures.ts';
import type { Report } from '../../report.ts';
import type { Markup } from '../markup.ts';
import { renderMark, renderRow, renderSegment } from '../row.ts';
import type { TimeAxis } from '../scale.ts';
import { shortContainerName } from './container-name.ts';

type Happening = Report['containers'][number];

/** Lanes beyond this are left to report.json. */
export const CONTAINER_LANES_MAX = 24;

/** The state that an action puts a container into; undefined where it changes none. Out of memory a process of it may have died, and not itself. */
function stateAfter({ action, detail }: Happening): 'up' | 'down' | 'paused' | 'unhealthy' | undefined {
  if (/^(die|stop|destroy)$/.test(action)) return 'down';
  if (action === 'pause') return 'paused';
  if (action === 'health_status') return detail === 'unhealthy' ? 'unhealthy' : detail === 'healthy' ? 'up' : undefined;
  return /^(start|unpause|restart)$/.test(action) ? 'up' : undefined;
}

function stretches(happenings: readonly Happening[], axis: TimeAxis): Markup[] {
  const changes = happenings.flatMap((each) => {
    const state = stateAfter(each);
    return state === undefined ? [] : { state, atMs: each.atMs };
  });
  return changes.flatMap(({ state, atMs }, index) => {
    if (state === 'up') return [];
    const endMs = changes[index + 1]?.atMs ?? axis.endMs;
    return renderSegment({
      fromPercent: axis.percent(atMs),
      toPercent: axis.percent(endMs),
      tone: state === 'down' ? 'not-good' : 'changed',
      text: state,
      title: `${state}: ${momentOf(atMs)} to ${momentOf(endMs)}`,
    });
  });
}

/** The lanes, in the order of the first happening. */
export function containerLanes(report: Report, axis: TimeAxis): Markup[] {
  const byContainer = Map.groupBy(report.containers, (each) => each.container);
  return [...byContainer].slice(0, CONTAINER_LANES_MAX).map(([container, happenings]) => {
    const texts = happenings.map((each) => `${each.action}${each.detail === null ? '' : ` (${each.detail})`} at ${momentOf(each.atMs)}`);
    const marks = happenings.map((each, index) => renderMark(axis.percent(each.atMs), 'happening', '', texts[index] ?? each.action));
    return renderRow({
      label: shortContainerName(container, report.system.project),
      kind: 'lane',
      heightPx: 18,
      track: [stretches(happenings, axis), marks],
      description: texts.slice(0, 12).join(', '),
    });
  });
}
