/** The checks of a test by group, as the summary shows them and `handleSummary` is given them. */
import { createHash } from 'node:crypto';
import type { Tags } from '../host.ts';

/** Checks and groups at most; what comes beyond is counted in the metric alone. */
const NODES_MAX = 5000;
const SEPARATOR = '::';

/** k6's shape of a check. */
export interface CheckNode {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  passes: number;
  fails: number;
}

/** k6's shape of a group. */
export interface GroupNode {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly groups: GroupNode[];
  readonly checks: CheckNode[];
}

/** What checks and groups grew by; groups by their paths. */
export interface ChecksGrowth {
  readonly groups: readonly string[];
  readonly checks: readonly { readonly group: string; readonly name: string; readonly passes: number; readonly fails: number }[];
}

/** k6 names groups and checks by the MD5 of their path. */
function idOf(path: string): string {
  return createHash('md5').update(path).digest('hex');
}

function groupNode(name: string, path: string): GroupNode {
  return { name, path, id: idOf(path), groups: [], checks: [] };
}

export class Checks {
  readonly root = groupNode('', '');
  readonly #groups = new Map<string, GroupNode>([['', this.root]]);
  readonly #checks = new Map<string, CheckNode>();

  /** A sample of any metric; those of `checks` and `group_duration` are taken. */
  hear(metric: string, value: number, base: Tags, own: Tags | undefined): void {
    if (metric === 'group_duration') this.#group(base['group'] ?? '');
    if (metric !== 'checks') return;
    const check = this.#check(base['group'] ?? '', own?.['check'] ?? '');
    if (check && value !== 0) check.passes += 1;
    else if (check) check.fails += 1;
  }

  /** Gives all that was counted, and begins anew. */
  drain(): ChecksGrowth {
    const groups = [...this.#groups.keys()];
    const checks = [...this.#groups].flatMap(([group, node]) =>
      node.checks.map(({ name, passes, fails }) => ({ group, name, passes, fails })),
    );
    this.root.groups.length = 0;
    this.root.checks.length = 0;
    this.#groups.clear();
    this.#groups.set('', this.root);
    this.#checks.clear();
    return { groups, checks };
  }

  /** Adds what another process counted of the same test. */
  absorb({ groups, checks }: ChecksGrowth): void {
    for (const path of groups) this.#group(path);
    for (const { group, name, passes, fails } of checks) {
      const check = this.#check(group, name);
      if (!check) continue;
      check.passes += passes;
      check.fails += fails;
    }
  }

  #check(groupPath: string, name: string): CheckNode | undefined {
    const path = `${groupPath}${SEPARATOR}${name}`;
    const found = this.#checks.get(path);
    if (found) return found;
    const group = this.#group(groupPath);
    if (!group || this.#isFull) return undefined;
    const made: CheckNode = { name, path, id: idOf(path), passes: 0, fails: 0 };
    group.checks.push(made);
    this.#checks.set(path, made);
    return made;
  }

  #group(path: string): GroupNode | undefined {
    const found = this.#groups.get(path);
    if (found) return found;
    const end = path.lastIndexOf(SEPARATOR);
    const parent = end < 0 ? undefined : this.#group(path.slice(0, end));
    if (!parent || this.#isFull) return undefined;
    const made = groupNode(path.slice(end + SEPARATOR.length), path);
    parent.groups.push(made);
    this.#groups.set(path, made);
    return made;
  }

  get #isFull(): boolean {
    return this.#groups.size + this.#checks.size >= NODES_MAX;
  }
}
