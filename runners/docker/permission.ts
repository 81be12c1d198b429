/** Who may be touched: containers that opted in, or whose project the configuration allows; and never one that is protected. */
import { EXIT, FiredrillError } from '../failure.ts';
import type { Target } from '../faults/fault.ts';
import { LABEL } from './labels.ts';
import { matchesPattern } from './selector.ts';

/** What the configuration of this machine says of containers. */
export interface Permission {
  readonly allow: { readonly projects: readonly string[] };
  readonly protect: { readonly names: readonly string[]; readonly projects: readonly string[] };
}

/**
 * Refuses containers that neither carry `firedrill.allow=true` nor belong to a project that the configuration allows.
 * Throws FiredrillError `not-allowed` (exit 7), naming every one of them.
 */
export function assertAllowed(targets: readonly Target[], permission: Permission): void {
  const refused = targets.filter((each) => !isAllowed(each, permission));
  if (refused.length === 0) return;
  const projects = [...new Set(refused.flatMap((each) => (each.project ? [each.project] : [])))];
  throw new FiredrillError(
    'not-allowed',
    `${refused.length} of ${targets.length} containers may not be touched: ${refused.map((each) => each.name).join(', ')}.`,
    {
      hint:
        `Give them the label ${LABEL.allow}=true` +
        (projects.length > 0 ? `, or write into firedrill.config.yaml:  allow: {projects: [${projects.join(', ')}]}` : '.'),
      exitCode: EXIT.groundUnfit,
    },
  );
}

/** True for one that opted in, or whose project the configuration allows. */
export function isAllowed({ labels, project }: Target, { allow }: Permission): boolean {
  return labels[LABEL.allow] === 'true' || (project !== undefined && allow.projects.includes(project));
}

/**
 * Refuses containers that are protected, whatever allows them: by their label, or by the configuration.
 * Throws FiredrillError `protected` (exit 7), naming every one of them and why.
 */
export function assertUnprotected(targets: readonly Target[], permission: Permission): void {
  const refused = targets.flatMap((each) => {
    const why = protectedBecause(each, permission);
    return why === undefined ? [] : [`${each.name} (${why})`];
  });
  if (refused.length === 0) return;
  throw new FiredrillError(
    'protected',
    `${refused.length} of ${targets.length} containers are protected and never touched: ${refused.join(', ')}.`,
    { hint: 'Narrow the targets, so that they select none of these.', exitCode: EXIT.groundUnfit },
  );
}

function protectedBecause({ name, labels, project }: Target, { protect }: Permission): string | undefined {
  if (labels[LABEL.protect] === 'true') return `label ${LABEL.protect}=true`;
  const pattern = protect.names.find((each) => matchesPattern(name, each));
  if (pattern !== undefined) return `firedrill.config.yaml protects the name ${pattern}`;
  if (project !== undefined && protect.projects.includes(project)) return `firedrill.config.yaml protects the project ${project}`;
  return undefined;
}
