/**
 * The series that samples and requests count in. They are told apart by the tags that somebody asks for, and of these by the
 * values that are asked for and a few others: names, URLs and errors with ids in them would make thousands, of which no
 * condition can mean more than those it writes out.
 *
 *   planned ──▶ {kind:api}                     before it is answered
 *   ended   ──▶ {kind:api, status:503}         where somebody asks for what only the answer tells
 */
import { ANSWER_TAGS } from '../../../experiments/language/load-metrics.ts';
import type { Recorder, SeriesRecorder } from './recorder.ts';

type Tags = Readonly<Record<string, string>>;

/** Tags by which somebody selects, each with the values that are asked for. */
export type AskedTags = Readonly<Record<string, readonly string[]>>;

/** Values of a tag that are kept apart though nobody asks for them: the first that come, for the report. */
export const UNASKED_VALUES_MAX = 20;
/** Remembered combinations at most; the recorder has a limit of its own. */
const KNOWN_MAX = 2000;
const SEPARATOR = '\0';
/** They tell series and checks apart in any case. */
const BY_THEMSELVES: ReadonlySet<string> = new Set(['scenario', 'check']);

/** A tag that makes series. */
class AskedTag {
  readonly name: string;
  readonly #kept: Set<string>;
  readonly #keptMax: number;

  constructor(name: string, asked: readonly string[]) {
    this.name = name;
    this.#kept = new Set(asked);
    this.#keptMax = this.#kept.size + UNASKED_VALUES_MAX;
  }

  /** The sample's value; empty where it has none, or none that is kept apart. */
  valueIn(base: Tags, own: Tags | undefined): string {
    const value = own?.[this.name] ?? base[this.name] ?? '';
    if (value === '' || this.#kept.has(value)) return value;
    if (this.#kept.size >= this.#keptMax) return '';
    this.#kept.add(value);
    return value;
  }
}

export class AskedSeries {
  readonly #recorder: Pick<Recorder, 'series'>;
  readonly #asked: readonly AskedTag[];
  /** Those that only an answer tells. */
  readonly #ofAnswers: readonly AskedTag[];
  readonly #known = new Map<string, SeriesRecorder>();
  readonly #ends = new Map<string, SeriesRecorder>();

  constructor(recorder: Pick<Recorder, 'series'>, asked: AskedTags) {
    this.#recorder = recorder;
    this.#asked = Object.entries(asked).flatMap(([name, values]) => (BY_THEMSELVES.has(name) ? [] : [new AskedTag(name, values)]));
    this.#ofAnswers = this.#asked.filter(({ name }) => ANSWER_TAGS.has(name));
  }

  /** Somebody asks for what only an answer tells. */
  get asksForAnswers(): boolean {
    return this.#ofAnswers.length > 0;
  }

  /** Where samples with these tags count; the scenario is one of them. */
  of(base: Tags, own?: Tags): SeriesRecorder {
    const scenario = base['scenario'] ?? '';
    const [key, tags] = valuesOf(this.#asked, scenario, base, own);
    return kept(this.#known, key, () => this.#recorder.series(scenario, tags()));
  }

  /** Where a request that was planned in a series counts once it has ended. */
  ended(planned: SeriesRecorder, answer: Tags): SeriesRecorder {
    const { id, scenario, tags } = planned.series;
    const [key, told] = valuesOf(this.#ofAnswers, String(id), answer, undefined);
    return kept(this.#ends, key, () => {
      const more = told();
      return Object.keys(more).length === 0 ? planned : this.#recorder.series(scenario, tags, more);
    });
  }
}

/** The values of a sample as a key, and as tags. */
function valuesOf(asked: readonly AskedTag[], start: string, base: Tags, own: Tags | undefined): [key: string, tags: () => Tags] {
  let key = start;
  for (const tag of asked) key += SEPARATOR + tag.valueIn(base, own);
  const pairs = () => asked.map((tag) => [tag.name, tag.valueIn(base, own)] as const).filter(([, value]) => value !== '');
  return [key, () => Object.fromEntries(pairs())];
}

/** Made once a key. */
function kept(known: Map<string, SeriesRecorder>, key: string, make: () => SeriesRecorder): SeriesRecorder {
  const found = known.get(key);
  if (found) return found;
  const made = make();
  if (known.size < KNOWN_MAX) known.set(key, made);
  return made;
}
