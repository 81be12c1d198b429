/** Times that the raw tree tells, where they can be told before a kind parses its own settings. */
import { parseDurationMs } from '../duration.ts';
import { at, entriesOf, itemsOf, type MapNode, type Node, textOf } from '../tree.ts';

/** Milliseconds of a duration; undefined where there is none or it is wrong. */
export function msOf(node: Node | undefined): number | undefined {
  const text = textOf(node);
  return text === undefined ? undefined : parseDurationMs(text);
}

function lengthMs(scenario: Node): number | undefined {
  const duration = at(scenario, 'duration');
  if (duration) return msOf(duration);
  const stages = itemsOf(at(scenario, 'stages')).map((stage) => msOf(at(stage, 'duration')));
  return stages.length === 0
    ? undefined
    : stages.reduce((sum, each) => (sum === undefined || each === undefined ? undefined : sum + each), 0);
}

/** When a scenario stops sending, from the start of the run; undefined where its executor does not say. */
export function scenarioEndMs(scenario: Node): number | undefined {
  const start = at(scenario, 'startTime');
  const [startMs, length] = [start === undefined ? 0 : msOf(start), lengthMs(scenario)];
  return startMs === undefined || length === undefined ? undefined : startMs + length;
}

/** When the last scenario stops sending; undefined without load, or where one of them does not say. */
export function loadEndMs(root: MapNode): number | undefined {
  const ends = entriesOf(at(root, 'load', 'scenarios')).map(([, { node }]) => scenarioEndMs(node));
  return ends.length === 0
    ? undefined
    : ends.reduce<number | undefined>((latest, end) => (latest === undefined || end === undefined ? undefined : Math.max(latest, end)), 0);
}
