/** Which starts of containers concern the plan: one of its containers restarted, or one was made anew in its place. */

import type { Moved } from '../agent/moved-addresses.ts';
import type { ContainerEvent } from '../docker/container-events.ts';
import { COMPOSE_LABEL } from '../docker/labels.ts';
import { assertAllowed, assertUnprotected, type Permission } from '../docker/permission.ts';
import { identityOf } from '../docker/selector.ts';
import { FiredrillError } from '../failure.ts';
import type { Target } from '../faults/fault.ts';
import { reference } from '../faults/reference.ts';
import type { Replacement, Replacements } from '../runbook/follow.ts';

export interface ReplacementWatch {
  /** True where the event is about a container of the plan, or about one in the place of one. */
  concerns(event: ContainerEvent, engine?: string): boolean;
  /** To be told each start, when `present` is up to date. */
  started(event: ContainerEvent, engine?: string): void;
  readonly replacements: Replacements;
}

/** `present`: the targets as they are by now. */
export function watchReplacements(targets: readonly Target[], permission: Permission, present: () => readonly Target[]): ReplacementWatch {
  const byId = new Map(targets.map((target) => [target.id, target]));
  const byIdentity = new Map(targets.map((target) => [identityOf(target), target]));
  const listeners = new Set<(each: Replacement) => void>();
  const place = (event: ContainerEvent, engine: string | undefined) => byIdentity.get(identityOf(asTarget(event, engine)));

  return {
    concerns: (event, engine) => byId.has(event.id) || place(event, engine) !== undefined,
    started(event, engine) {
      const before = byId.get(event.id) ?? place(event, engine);
      if (!before) return;
      const target: Target = { ...before, ...asTarget(event, engine) };
      byId.set(target.id, target);
      byIdentity.set(identityOf(target), target);
      const refused = target.id === before.id ? undefined : refusal(target, permission);
      const each: Replacement = { from: before.id, to: reference(target), refused, moved: movedSince(targets, present()) };
      for (const listener of listeners) listener(each);
    },
    replacements(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function asTarget({ id, container, labels }: ContainerEvent, engine: string | undefined) {
  const name = engine === undefined ? container : `${engine}/${container}`;
  return { id, name, engine, labels, project: labels[COMPOSE_LABEL.project], service: labels[COMPOSE_LABEL.service] };
}

/** Those of the plan that have other addresses by now; one that has none just now has not moved yet. */
function movedSince(planned: readonly Target[], present: readonly Target[]): readonly Moved[] {
  const now = new Map(present.map((target) => [identityOf(target), target.addresses]));
  const before = new Map(planned.map((target) => [identityOf(target), target.addresses]));
  return [...before].flatMap(([identity, was]) => {
    const is = now.get(identity) ?? was;
    return is.length === 0 || is.join() === was.join() ? [] : [{ was, now: is }];
  });
}

/** The new container has labels of its own, which may allow less. */
function refusal(target: Target, permission: Permission): string | undefined {
  try {
    assertAllowed([target], permission);
    assertUnprotected([target], permission);
    return undefined;
  } catch (error) {
    if (error instanceof FiredrillError) return `may not be touched any more: ${error.message}`;
    throw error;
  }
}
