/**
 * Drills played both ways on a real system: each passes as it stands, and fails for the right reason when the one protection is switched off,
 * which is the only thing that differs between the two systems.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Report } from '../../reports/report.ts';
import { connectEngine } from '../../runners/docker/engine.ts';
import { firedrill, latestReport, root, scratchFolder, startFiredrill } from './firedrill-process.ts';
import { type Configuration, configurationOf, differences } from './inspected.ts';

/** Long enough for a drill of 70 s and for bringing its system into shape. */
const DRILL_MS_MAX = 240_000;
/** A machine that was too busy to tell is asked again; a verdict is taken as it is. */
const ATTEMPTS_MAX = 3;

/** A file of experiments/, the objective that its protection serves, and the variable that switches it off. */
export interface TwoWays {
  readonly file: string;
  readonly protection: string;
  readonly variable: string;
  /** What the protection keeps away must be worth it: the figure that breaks the objective without it is above this. */
  readonly brokenAbove?: number;
}

/** Of a file under experiments/. */
export async function bringUp(compose: string): Promise<void> {
  const up = await firedrill(['up', join(root, 'experiments', compose), '--yes'], await scratchFolder('up'));
  assert.equal(up.exitCode, 0, up.stderr);
}

export async function takeDown(compose: string): Promise<void> {
  const down = await firedrill(['down', join(root, 'experiments', compose)], await scratchFolder('down'));
  assert.equal(down.exitCode, 0, down.stderr);
}

interface Drilled {
  readonly report: Report;
  readonly exitCode: number | null;
  readonly configuration: Configuration;
  readonly output: string;
}

/** What is open for no other reason than the generator's own lateness says so. */
const LATE = /the load generator was itself/;

function openFromLateness({ hypothesis, objectives }: Report): boolean {
  const all = [...hypothesis.flatMap(({ parts }) => parts), ...objectives.flatMap(({ clauses }) => clauses)];
  const open = all.filter(({ state }) => state === 'unknown');
  return open.length > 0 && open.every(({ seen }) => LATE.test(seen));
}

/** Drills until everything is judged, or something is open that is not the generator's own lateness. */
async function drill(file: string, variant: string | undefined, tell: (text: string) => void): Promise<Drilled> {
  for (let attempt = 1; ; attempt += 1) {
    const drilled = await drillOnce(file, variant);
    if (attempt === ATTEMPTS_MAX || !openFromLateness(drilled.report)) return drilled;
    tell(`drilled again, since the generator was late: ${drilled.report.why.join(' ')}`);
  }
}

async function drillOnce(file: string, variant: string | undefined): Promise<Drilled> {
  const folder = await scratchFolder('drill');
  const running = startFiredrill(['run', join(root, 'experiments', file), '--yes', ...(variant ? ['--variant', variant] : [])], folder);
  await running.until(/steady state/i);
  const docker = await connectEngine(process.env);
  const configuration = await configurationOf(docker, 'role');
  const { exitCode, stdout, stderr } = await running.ended;
  return { report: await latestReport(folder), exitCode, configuration, output: `${stdout}\n${stderr}` };
}

/** The first figure of what the objective's broken clause saw. */
function brokenFigure({ objectives }: Report, objective: string): number {
  const clause = objectives.find(({ name }) => name === objective)?.clauses.find(({ state }) => state === 'broken');
  return Number(/\d+(\.\d+)?/.exec(clause?.seen ?? '')?.[0]);
}

const states = (report: Report) => Object.fromEntries(report.objectives.map((objective) => [objective.name, objective.state]));

async function playBothWays({ file, protection, variable, brokenAbove }: TwoWays, tell: (text: string) => void): Promise<void> {
  const held = await drill(file, undefined, tell);
  assert.equal(held.exitCode, 0, held.output);
  assert.equal(held.report.verdict, 'passed');
  assert.deepEqual(new Set(Object.values(states(held.report))), new Set(['held']), JSON.stringify(states(held.report)));

  const broken = await drill(file, 'unprotected', tell);
  assert.equal(broken.exitCode, 1, broken.output);
  assert.equal(broken.report.verdict, 'failed');
  const expected = { ...states(held.report), [protection]: 'broken' };
  assert.deepEqual(states(broken.report), expected, JSON.stringify(broken.report.objectives, undefined, 1));
  if (brokenAbove !== undefined) {
    const figure = brokenFigure(broken.report, protection);
    assert.ok(figure > brokenAbove, `${protection} is broken by ${figure} only, no more than ${brokenAbove}`);
  }

  for (const { report } of [held, broken]) {
    for (const fault of report.faults) {
      assert.ok(fault.inEffectAtMs !== null && fault.proof, `${fault.name} was not proven`);
      assert.ok(fault.undoneBy !== 'agent' || fault.undoneAtMs !== null, `${fault.name} was not undone`);
    }
  }
  const changed = differences(held.configuration, broken.configuration);
  assert.ok(changed.length > 0, 'the variant changed nothing');
  for (const change of changed) assert.match(change, new RegExp(`Env.*${variable}=`), changed.join('\n'));
  tell(`${protection}: ${held.report.why.join(' ')} | unprotected: ${broken.report.why.join(' ')}`);
}

/** A test for each. */
export function testBothWays(drills: readonly TwoWays[]): void {
  for (const each of drills) {
    const name = `${each.file} passes, and fails in exactly one objective without its protection`;
    test(name, { timeout: 2 * ATTEMPTS_MAX * DRILL_MS_MAX }, (context) => playBothWays(each, (text) => context.diagnostic(text)));
  }
}
