/**
 * A script on as many processes as it takes, seen from the runner as one test. The first leads; when it has planned, it is
 * decided how many follow. What the processes say to each other goes through here; what they say to the runner is handed on.
 */

import { processesForScript } from '../../generator/how-many.ts';
import { runClock } from '../../pacing/clock.ts';
import { K6_EXIT } from '../exit-codes.ts';
import type { ScriptResult } from '../script-run.ts';
import { addCounts, type TestCounts } from '../script-test.ts';
import type { FromScript, Progress, ScriptDescription, ToScript } from './messages.ts';
import { ScriptProcess, type ScriptProcessOptions } from './script-process.ts';

/** All are told to begin this long beforehand, so that they know it in time. */
const TOGETHER_MS = 10;
/** Lines that are told once, though several processes say them, at most; further ones are told as often as they come. */
const LINES_KNOWN_MAX = 1000;

export interface ScriptTeamOptions extends Omit<ScriptProcessOptions, 'hear' | 'runs' | 'leads'> {
  /** Processes that share the test; undefined: by its plan and the machine's cores. */
  readonly processes?: number | undefined;
  /** Cores that others have taken. */
  readonly coresTaken?: number | undefined;
  /** `process` counts from 0. */
  readonly hear: (message: FromScript, process: number) => void;
  /** So many share the test. */
  readonly onTeam?: ((processes: number) => void) | undefined;
}

interface Member {
  readonly process: ScriptProcess;
  planned: boolean;
  ready: boolean;
  ended: boolean;
  progress: Progress;
}

const NO_PROGRESS: Progress = { elapsedMs: 0, vusActive: 0, vusInitialized: 0, completed: 0, interrupted: 0 };

export class ScriptTeam {
  /** The whole test's. Rejects with ScriptFailure where one of its processes was stuck, ran out of memory or died; the others are ended then. */
  readonly done: Promise<ScriptResult>;
  readonly #options: ScriptTeamOptions;
  readonly #nowMs: () => number;
  readonly #members: Member[] = [];
  readonly #known = new Set<string>();
  readonly #failed = Promise.withResolvers<never>();
  /** What ends the test: told again to those that were not there yet. */
  readonly #endings: ToScript[] = [];
  #aborted = false;

  constructor(options: ScriptTeamOptions) {
    this.#options = options;
    const clock = runClock(options.startNs);
    this.#nowMs = () => clock.nowMs();
    const first = this.#start();
    this.done = Promise.race([first.process.done, this.#failed.promise]).finally(() => this.kill());
    this.done.catch(() => {});
  }

  get pids(): readonly number[] {
    return this.#members.flatMap(({ process }) => process.pid ?? []);
  }

  /** Starts no iteration any more; those under way get `graceMs`, then come teardown and summary. */
  stop(graceMs: number, by: 'signal' | 'end'): void {
    this.#end({ type: 'stop', graceMs, by });
  }

  /** Ends all at once. */
  kill(): void {
    for (const { process } of this.#members) process.kill();
  }

  /** Resolves when all are gone; they are killed where that takes longer. */
  async goneWithin(ms: number): Promise<void> {
    await Promise.all(this.#members.map(({ process }) => process.goneWithin(ms)));
  }

  #end(message: ToScript, except?: number): void {
    this.#endings.push(message);
    this.#tell(message, except);
  }

  #start(): Member {
    const index = this.#members.length;
    const process = new ScriptProcess({
      ...this.#options,
      runs: true,
      leads: index === 0,
      hear: (message) => this.#hear(message, index),
    });
    const member: Member = { process, planned: false, ready: false, ended: false, progress: NO_PROGRESS };
    this.#members.push(member);
    process.done.then(
      (result) => this.#ended(member, result),
      (error: unknown) => this.#failed.reject(error),
    );
    return member;
  }

  #form(description: ScriptDescription): void {
    const { processes, coresTaken, onTeam } = this.#options;
    const of = this.#endings.length > 0 ? 1 : processesForScript(description, processes, coresTaken);
    onTeam?.(of);
    while (this.#members.length < of) this.#start().process.tell({ type: 'share', share: { index: this.#members.length - 1, of } });
    this.#beginIfPlanned();
  }

  /** The test's time begins with the share of the one that leads: that the others start up is no part of it. */
  #beginIfPlanned(): void {
    const [first, ...others] = this.#members;
    if (!first?.planned || !others.every(({ planned, ended }) => planned || ended)) return;
    first.process.tell({ type: 'share', share: { index: 0, of: this.#members.length } });
  }

  #hear(message: FromScript, index: number): void {
    const leads = index === 0;
    const { hear } = this.#options;
    switch (message.type) {
      case 'described':
        this.#planned(index);
        if (!leads) break;
        hear(message, index);
        this.#form(message.description);
        break;
      case 'set-up':
        this.#tell(message, index);
        break;
      case 'aborted':
        // It comes back from everybody.
        if (!this.#aborted) this.#end(message, index);
        this.#aborted = true;
        break;
      case 'grown':
      case 'followed':
        this.#members[0]?.process.tell(message);
        break;
      case 'ready':
        this.#ready(index);
        break;
      case 'progress':
        this.#progress(message.progress, index);
        break;
      case 'log':
        if (this.#isNew(message.entry)) hear(message, index);
        break;
      default:
        hear(message, index);
    }
  }

  #tell(message: ToScript, except?: number): void {
    for (const [index, { process }] of this.#members.entries()) if (index !== except) process.tell(message);
  }

  #planned(index: number): void {
    const member = this.#members[index];
    if (!member) return;
    member.planned = true;
    for (const ending of this.#endings) member.process.tell(ending);
    if (index > 0) this.#beginIfPlanned();
  }

  #ready(index: number): void {
    const member = this.#members[index];
    if (member) member.ready = true;
    this.#goIfReady();
  }

  #goIfReady(): void {
    if (!this.#members.every(({ ready, ended }) => ready || ended)) return;
    this.#tell({ type: 'go', atMs: this.#nowMs() + TOGETHER_MS });
  }

  #progress(progress: Progress, index: number): void {
    const member = this.#members[index];
    if (!member) return;
    member.progress = progress;
    const others = (except: number) =>
      this.#members.reduce<TestCounts>((sum, each, at) => (at === except ? sum : addCounts(sum, each.progress)), NO_PROGRESS);
    for (const [at, each] of this.#members.entries()) if (at !== index) each.process.tell({ type: 'elsewhere', counts: others(at) });
    if (index === 0) this.#options.hear({ type: 'progress', progress: { ...others(-1), elapsedMs: progress.elapsedMs } }, index);
  }

  /** Whether nobody has said it yet; what a script prints by itself is always new. */
  #isNew({ source, text }: Extract<FromScript, { type: 'log' }>['entry']): boolean {
    if (source === 'console' || this.#members.length === 1) return true;
    const isKnown = this.#known.has(text);
    if (this.#known.size < LINES_KNOWN_MAX) this.#known.add(text);
    return !isKnown;
  }

  /** One that follows and cannot run ends the test; when all have followed, the one that leads goes on. */
  #ended(member: Member, { exitCode, reason = 'a part of the test did not run' }: ScriptResult): void {
    member.ended = true;
    const [first, ...others] = this.#members;
    if (!first || member === first) return;
    if (exitCode !== K6_EXIT.passed) first.process.tell({ type: 'aborted', abortion: { by: 'init', reason } });
    this.#beginIfPlanned();
    this.#goIfReady();
    if (others.every(({ ended }) => ended)) first.process.tell({ type: 'gathered' });
  }
}
