/**
 * One process of a test and its line to the others, which goes by way of the runner. Those that follow tell what they
 * have sampled once a second; the one that leads adds it to its own, so that thresholds, summary and handleSummary are of
 * the whole test.
 *
 *   leads     plan ── share ── setup ──▶ set-up ── ready ── go ═══ scenarios ═══ gathered ── teardown, summary
 *   follows   plan ── share ─────────────── set-up ── ready ── go ═══ scenarios ══ grown ─▶ grown, followed
 */
import { type Share, WHOLE } from '../../executors/executor.ts';
import type { ScriptTest } from '../script-test.ts';
import type { Team } from '../team.ts';
import type { FromScript, ToScript } from './messages.ts';

/** Once a second: what others count and gather is no older than that. */
export const TELL_MS = 1000;

export interface TeamLinkParts {
  readonly leads: boolean;
  readonly tell: (message: FromScript) => void;
}

export class TeamLink implements Team {
  readonly leads: boolean;
  readonly share: Promise<Share>;
  readonly #tell: (message: FromScript) => void;
  readonly #shared = Promise.withResolvers<Share>();
  readonly #setUp = Promise.withResolvers<string | undefined>();
  readonly #go = Promise.withResolvers<number>();
  readonly #gathered = Promise.withResolvers<void>();
  #test: ScriptTest | undefined;
  #share: Share = WHOLE;

  constructor({ leads, tell }: TeamLinkParts) {
    this.leads = leads;
    this.share = this.#shared.promise;
    this.#tell = tell;
  }

  /** The test is there; what others tell goes to it. */
  join(test: ScriptTest): void {
    this.#test = test;
    void test.aborted.then(() => {
      if (test.abortion) this.#tell({ type: 'aborted', abortion: test.abortion });
    });
  }

  /** Takes what concerns it. */
  hear(message: ToScript): void {
    const test = this.#test;
    switch (message.type) {
      case 'share':
        this.#share = message.share;
        this.#shared.resolve(message.share);
        break;
      case 'set-up':
        this.#setUp.resolve(message.setupText);
        break;
      case 'go':
        this.#go.resolve(message.atMs);
        break;
      case 'grown':
        test?.absorb(message.growth);
        break;
      case 'followed':
        test?.log.absorb(message.failures);
        if (test) test.failure ??= message.markedFailed;
        break;
      case 'gathered':
        this.#gathered.resolve();
        break;
      case 'elsewhere':
        if (test) test.elsewhere = message.counts;
        break;
      case 'aborted':
        test?.abort(message.abortion.reason, message.abortion.by);
    }
  }

  async setUp(setupText: string | undefined): Promise<string | undefined> {
    if (!this.leads) return this.#setUp.promise;
    if (this.#share.of > 1) this.#tell({ type: 'set-up', setupText });
    return setupText;
  }

  ready(): Promise<number> {
    this.progress();
    this.#tell({ type: 'ready' });
    return this.#go.promise;
  }

  async gathered(): Promise<void> {
    if (this.#share.of > 1) await this.#gathered.promise;
  }

  /** Called once a second: tells what is new. */
  progress(): void {
    const test = this.#test;
    if (!test) return;
    const counts = this.leads ? test.counts : { ...test.counts, vusActive: test.takePeak() };
    this.#tell({ type: 'progress', progress: { ...counts, elapsedMs: test.elapsedMs } });
    if (!this.leads) this.#tell({ type: 'grown', growth: test.drain() });
  }

  /** Its part has ended: tells the rest. */
  close(): void {
    const test = this.#test;
    if (this.leads || !test) return;
    this.progress();
    this.#tell({ type: 'followed', failures: test.log.counts, markedFailed: test.failure });
  }
}
