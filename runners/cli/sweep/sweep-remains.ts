/** Puts back what one dead run left, reads it back, and adds what was done to its journal where that is here. */
import { dirname } from 'node:path';
import { agentImage } from '../../agent/image.ts';
import { sweepKept } from '../../agent/kept-orders.ts';
import type { Orders } from '../../agent/orders.ts';
import type { AgentNotice, OperationResult } from '../../agent/protocol.ts';
import { startSweeper, sweepAgent } from '../../agent/remains.ts';
import type { Environment } from '../../docker/address.ts';
import { composeSystem } from '../../docker/compose-system.ts';
import type { NamedEngine } from '../../docker/engines.ts';
import { ensureImages, tagOf } from '../../docker/images.ts';
import { releaseLock } from '../../docker/lock.ts';
import { forgetAsking } from '../../docker/stop-mark.ts';
import type { EventOf } from '../../journal/events.ts';
import { readJournal } from '../../journal/reader.ts';
import { type Journal, reopenJournal } from '../../journal/writer.ts';
import { isRunners } from '../../runbook/runner-hands.ts';
import { restoreSystem } from '../../runbook/system.ts';
import { ordersOf } from '../engine-orders.ts';
import type { Remains } from './find-remains.ts';
import { sweepScripts } from './sweep-scripts.ts';

export interface SweepContext {
  readonly engine: NamedEngine;
  readonly environment: Environment;
  readonly say: (text: string) => void;
}

/** The lease of a sweeper's orders; it undoes at once and needs none. */
const SWEEPER_LEASE_MS = 60_000;

/** True when everything of this run is back. Never throws for what could not be undone; says it. */
export async function sweepRemains(context: SweepContext, remains: Remains): Promise<boolean> {
  const { engine, say } = context;
  const { docker } = engine;
  const image = tagOf(agentImage);
  const journal = remains.run && (await reopenJournal(dirname(remains.run.journal)));
  const results: boolean[] = [];
  /** By the agents of this engine. */
  const undone = new Set<string>();
  /** Agents that could be asked. */
  let told = 0;
  try {
    for (const agent of remains.agents) {
      const swept = await sweepAgent(docker, image, agent.id);
      if (!swept) continue;
      told += 1;
      if (journal) recordNotices(journal, swept.notices);
      for (const fault of undoneIn(swept.notices)) undone.add(fault);
      say(`${agent.name}: ${swept.clean ? 'everything is undone and read back' : 'something could not be undone'}`);
      results.push(swept.clean);
    }
    if (told === 0) for (const { lock } of remains.locks) results.push(await sweepLock(context, lock, journal, undone));
    results.push(await sweepFaultsOfJournal(context, remains, journal, undone));
    // The system is on the engine of the environment.
    const systems = engine.name === undefined ? (remains.leftovers?.systems ?? []) : [];
    for (const intended of systems) results.push(await restore(context, intended, journal));
    const clean = results.every(Boolean);
    if (clean) for (const lock of remains.locks) await releaseLock(docker, lock.lock, remains.runId);
    await forgetAsking(docker, remains.runId);
    return clean;
  } finally {
    await journal?.close();
  }
}

function undoneIn(notices: readonly AgentNotice[]): readonly string[] {
  return notices.flatMap((each) => (each.notice === 'undone' && each.results.every(({ ok }) => ok) ? [each.fault] : []));
}

/** The agent was removed: its orders are in the lock, and with them how it had found the containers. Adds to `undone`. */
async function sweepLock(
  { engine, environment, say }: SweepContext,
  lock: string,
  journal: Journal | undefined,
  undone: Set<string>,
): Promise<boolean> {
  const { docker } = engine;
  await ensureImages(docker, { recipes: [agentImage], environment, log: say });
  const swept = await sweepKept(docker, tagOf(agentImage), lock);
  if (!swept) return true;
  if (journal) recordNotices(journal, swept.notices);
  const faults = undoneIn(swept.notices);
  for (const fault of faults) undone.add(fault);
  say(`${faults.join(', ')}: ${swept.clean ? 'undone and read back' : 'could not be undone'}, by the orders in the lock`);
  return swept.clean;
}

/** Faults whose agent is gone: a fresh one undoes what the journal's plan says. */
async function sweepFaultsOfJournal(
  { engine, environment, say }: SweepContext,
  remains: Remains,
  journal: Journal | undefined,
  undone: ReadonlySet<string>,
): Promise<boolean> {
  const { docker } = engine;
  if (!remains.run || !journal) return true;
  const { events } = await readJournal(remains.run.journal);
  const scripts = await sweepScripts({ events, journal, say });
  // As it was before any engine was swept: what is undone on one may be left on another.
  const faults = (remains.leftovers?.faults ?? [])
    .filter((each) => !undone.has(each.fault))
    .flatMap(({ planned }) => (planned && !isRunners(planned) ? [planned.operations] : []));
  const left = ordersOf(faults, engine.name);
  if (left.length === 0) return scripts;
  await ensureImages(docker, { recipes: [agentImage], environment, log: say });
  const followed = events.flatMap((event) =>
    event.type === 'fault.following' ? [{ fault: event.fault, from: event.from, to: event.to }] : [],
  );
  const orders: Orders = { runId: remains.runId, leaseMs: SWEEPER_LEASE_MS, lock: '', faults: left, followed };
  const swept = await startSweeper(docker, tagOf(agentImage), orders);
  recordNotices(journal, swept.notices);
  say(`${left.map((each) => each.fault).join(', ')}: ${swept.clean ? 'undone and read back' : 'could not be undone'}`);
  return swept.clean && scripts;
}

/** The agent's own words become events, at the instants that it gave. */
function recordNotices(journal: Journal, notices: readonly AgentNotice[]): void {
  const zeroWallMs = Date.now() - journal.atMs();
  for (const notice of notices) {
    if (notice.notice !== 'undone') continue;
    const undoneAtMs = Date.parse(notice.at) - zeroWallMs;
    const failed = notice.results.filter((result) => !result.ok);
    journal.append({ type: 'fault.undoing', fault: notice.fault, because: 'agent' });
    if (failed.length > 0) journal.append({ type: 'fault.undo-failed', fault: notice.fault, errors: failed.map(errorOf) });
    else journal.append({ type: 'fault.undone', fault: notice.fault, undoneAtMs, readBack: evidenceOf(notice.results), acts: [] });
  }
}

function errorOf(result: OperationResult): string {
  return `${result.container}: ${result.error ?? 'failed'}`;
}

function evidenceOf(results: readonly OperationResult[]): string {
  return [...new Set(results.flatMap((result) => result.evidence ?? []))].join('; ') || `undone in ${results.length} containers`;
}

async function restore(
  { engine, environment, say }: SweepContext,
  intended: EventOf<'system.intended'>,
  journal: Journal | undefined,
): Promise<boolean> {
  const system = await composeSystem(engine.docker, intended.compose, { environment, log: say, project: intended.project });
  const record = journal ?? { append: () => intended };
  const ok = await restoreSystem(system, { action: intended.action, found: intended.found, keep: false }, record);
  say(`${intended.project}: ${ok ? 'put back as it was found' : 'could not be put back'}`);
  return ok;
}
