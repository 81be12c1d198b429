/** The tags of a request's samples: k6's system tags, as far as the test wants them, under the script's own. */
import type { HostAnswer, HttpSettings, Tags } from '../../host.ts';

/** Remembered tags at most; equal ones are mostly the same object. */
const TAGS_MAX = 1000;
const SEPARATOR = '\0';

/** What is known of a request before it is answered. */
export interface RequestNames {
  readonly method: string;
  /** Without credentials. */
  readonly url: string;
  /** What the script calls it; else its URL. */
  readonly name: string | undefined;
  /** The script's own. */
  readonly tags: Tags | undefined;
}

export interface RequestFacts extends RequestNames {
  /** Undefined where nobody asks. */
  readonly expected: boolean | undefined;
  /** k6's, 0 where all went well. */
  readonly errorCode: number;
}

/** Of an answer, what is told by tags. */
type AnswerFacts = Pick<HostAnswer, 'status' | 'protocol' | 'tlsVersion' | 'remoteIp' | 'error'>;

/** k6's: the host's, or 1000 and the status of a 4xx or 5xx; 0 where all went well. */
export function errorCodeOf({ errorCode, status }: Pick<HostAnswer, 'errorCode' | 'status'>): number {
  if (errorCode !== 0) return errorCode;
  return status >= 400 ? 1000 + status : 0;
}

/** What only an answer tells; empty where it tells nothing. `expected` undefined: nobody asks. */
export function answerTags(
  { status, protocol, tlsVersion, remoteIp, error }: AnswerFacts,
  expected: boolean | undefined,
  errorCode: number,
) {
  return {
    status: String(status),
    proto: protocol,
    tls_version: tlsVersion,
    expected_response: expected === undefined ? '' : String(expected),
    error,
    error_code: errorCode === 0 ? '' : String(errorCode),
    ip: remoteIp,
  };
}

/** As far as the test wants them, and there is something to tell. */
export function saidTags(tags: Tags, { systemTags }: Pick<HttpSettings, 'systemTags'>): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([tag, value]) => value !== '' && systemTags.has(tag)));
}

export class SampleTags {
  readonly #known = new Map<string, Tags>();
  #wanted: ReadonlySet<string> | undefined;

  of(facts: RequestFacts, answer: HostAnswer, settings: Pick<HttpSettings, 'systemTags'>): Tags {
    const { status, protocol, tlsVersion, remoteIp, error } = answer;
    const { expected, errorCode } = facts;
    const key = keyOf(facts, [status, protocol, tlsVersion, remoteIp, expected, errorCode, error]);
    return this.#tags(key, facts, settings, () => ({ ...named(facts), ...answerTags(answer, expected, errorCode) }));
  }

  /** Those that do not come of the answer. */
  beforehand(names: RequestNames, settings: Pick<HttpSettings, 'systemTags'>): Tags {
    return this.#tags(keyOf(names, []), names, settings, () => named(names));
  }

  #tags(key: string, { tags }: RequestNames, settings: Pick<HttpSettings, 'systemTags'>, system: () => Tags): Tags {
    const { systemTags } = settings;
    if (systemTags !== this.#wanted || this.#known.size >= TAGS_MAX) this.#known.clear();
    this.#wanted = systemTags;
    const known = this.#known.get(key);
    if (known) return known;
    const { name: _, ...own } = tags ?? {};
    const made = Object.freeze({ ...own, ...saidTags(system(), settings) });
    this.#known.set(key, made);
    return made;
  }
}

function keyOf({ method, url, name, tags }: RequestNames, answered: readonly unknown[]): string {
  const plain = [method, name ?? url, name === undefined, ...answered];
  return (tags ? [...plain, JSON.stringify(tags)] : plain).join(SEPARATOR);
}

/** The URL gives way to the name, where there is one, so that URLs with ids in them make one series. */
function named({ method, url, name }: RequestNames): Tags {
  return { method, name: name ?? url, url: name ?? url };
}
