/** What a target selector matches: pure, of what the engine lists. */
import type { TargetSelector } from '../../experiments/language/experiment.ts';
import type { Target } from '../faults/fault.ts';
import { COMPOSE_LABEL, SWARM_LABEL } from './labels.ts';

/** Longest name or image that is matched; engines have none longer. */
const MATCHED_CHARACTERS_MAX = 512;

/** The lines that a container must match, without how many are drawn. */
export type Lines = Omit<TargetSelector, 'pick' | 'engine'>;

/** True where every line of the selector holds. */
export function matches(target: Target, selector: Lines): boolean {
  const equal = (wanted: string | undefined, found: string | undefined) => wanted === undefined || wanted === found;
  return (
    Object.entries(selector.labels ?? {}).every(([label, value]) => target.labels[label] === value) &&
    equal(selector.service, target.service) &&
    equal(selector.project, target.project) &&
    equal(selector['swarm-service'], target.labels[SWARM_LABEL.service]) &&
    (selector.name === undefined || matchesPattern(target.name, selector.name)) &&
    (selector.image === undefined || matchesImage(target.image, selector.image))
  );
}

/**
 * What stays the same when a container is made anew: its place in its Compose service, its slot in a Swarm service, else its name.
 */
export function identityOf(target: Pick<Target, 'name' | 'project' | 'service' | 'labels' | 'engine'>): string {
  const place = placeOf(target);
  return target.engine === undefined ? place : `${target.engine}: ${place}`;
}

function placeOf({ name, project, service, labels }: Parameters<typeof identityOf>[0]): string {
  const task = labels[SWARM_LABEL.task];
  if (task !== undefined) return `swarm ${task.split('.').slice(0, -1).join('.')}`;
  const number = labels[COMPOSE_LABEL.number];
  if (project !== undefined && service !== undefined && number !== undefined) return `compose ${project}/${service}/${number}`;
  return `name ${name}`;
}

/** The selector in words. */
export function describeSelector(selector: Lines): string {
  const labels = Object.entries(selector.labels ?? {}).map(([label, value]) => `label ${label}=${value}`);
  const keys = ['service', 'project', 'swarm-service', 'name', 'image'] as const;
  const rest = keys.flatMap((key) => (selector[key] === undefined ? [] : [`${key} ${selector[key]}`]));
  return [...labels, ...rest].join(' and ') || 'an empty selector';
}

/** True where the whole text is the pattern, in which `*` stands for any characters. */
export function matchesPattern(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (text.length > MATCHED_CHARACTERS_MAX || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= text.length - last.length;
}

/** `redis` matches `redis:7` too; a colon before a slash is a registry's port. */
function matchesImage(image: string, pattern: string): boolean {
  const bare = image.replace(/@sha256:.*$/, '').replace(/:[^/:]*$/, '');
  return matchesPattern(image, pattern) || matchesPattern(bare, pattern);
}
