/** The tags of a request's samples: k6's system tags, as far as the test wants them, under the script's own. */
import type { HostAnswer, HttpSettings, Tags } from '../../host.ts';

/** Remembered tags at most; equal ones are mostly the same object. */
const TAGS_MAX = 1000;
const SEPARATOR = '\0';

export interface RequestFacts {
  readonly method: string;
  /** Without credentials. */
  readonly url: string;
  /** What the script calls it; else its URL. */
  readonly name: string | undefined;
  /** The script's own. */
  readonly tags: Tags | undefined;
  /** Undefined where nobody asks. */
  readonly expected: boolean | undefined;
  /** k6's, 0 where all went well. */
  readonly errorCode: number;
}

export class SampleTags {
  readonly #known = new Map<string, Tags>();
  #wanted: ReadonlySet<string> | undefined;

  of(facts: RequestFacts, answer: HostAnswer, { systemTags }: Pick<HttpSettings, 'systemTags'>): Tags {
    if (systemTags !== this.#wanted || this.#known.size >= TAGS_MAX) this.#known.clear();
    this.#wanted = systemTags;
    const key = keyOf(facts, answer);
    const known = this.#known.get(key);
    if (known) return known;
    const made = tagsOf(facts, answer, systemTags);
    this.#known.set(key, made);
    return made;
  }
}

function keyOf({ method, url, name, tags, expected, errorCode }: RequestFacts, answer: HostAnswer): string {
  const plain = [
    method,
    name ?? url,
    name === undefined,
    answer.status,
    answer.protocol,
    answer.tlsVersion,
    answer.remoteIp,
    expected,
    errorCode,
    answer.error,
  ];
  return (tags ? [...plain, JSON.stringify(tags)] : plain).join(SEPARATOR);
}

/** The URL gives way to the name, where there is one, so that URLs with ids in them make one series. */
function tagsOf({ method, url, name, tags, expected, errorCode }: RequestFacts, answer: HostAnswer, wanted: ReadonlySet<string>): Tags {
  const system: Readonly<Record<string, string>> = {
    method,
    name: name ?? url,
    url: name ?? url,
    status: String(answer.status),
    proto: answer.protocol,
    tls_version: answer.tlsVersion,
    expected_response: expected === undefined ? '' : String(expected),
    error: answer.error,
    error_code: errorCode === 0 ? '' : String(errorCode),
    ip: answer.remoteIp,
  };
  const said = Object.entries(system).filter(([tag, value]) => value !== '' && wanted.has(tag));
  const { name: _, ...own } = tags ?? {};
  return Object.freeze({ ...own, ...Object.fromEntries(said) });
}
