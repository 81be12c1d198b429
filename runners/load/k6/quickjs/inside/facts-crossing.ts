/** What each response tells, as it crosses: lines, which the interpreter reads several times as fast as JSON. */
import type { ResponseFacts } from '../../modules/http/response.ts';

/** What a line cannot hold, or a text that crosses. */
const UNPLAIN = /[\n\0]|\p{Surrogate}/u;
const JSON_BEGINS = '{';
/** Texts that are remembered. */
const KNOWN_MAX = 100;

/** JSON where a line cannot hold it. */
export function factsText(facts: ResponseFacts): string {
  const { status, error_code, remote_port, status_text, url, error, proto, remote_ip, tls_version, tls_cipher_suite } = facts;
  const texts = [status_text, url, error, proto, remote_ip, tls_version, tls_cipher_suite];
  return UNPLAIN.test(texts.join('')) ? JSON.stringify(facts) : [status, error_code, remote_port, ...texts].join('\n');
}

/** Reads them; what is the same text again is the same object. */
export class FactsReader {
  readonly #known = new Map<string, ResponseFacts>();

  read(text: string): ResponseFacts {
    const known = this.#known.get(text);
    if (known) return known;
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    const facts = readFacts(text);
    this.#known.set(text, facts);
    return facts;
  }
}

function readFacts(text: string): ResponseFacts {
  if (text.startsWith(JSON_BEGINS)) return JSON.parse(text);
  const lines = text.split('\n');
  return {
    status: Number(lines[0]),
    error_code: Number(lines[1]),
    remote_port: Number(lines[2]),
    status_text: lines[3] ?? '',
    url: lines[4] ?? '',
    error: lines[5] ?? '',
    proto: lines[6] ?? '',
    remote_ip: lines[7] ?? '',
    tls_version: lines[8] ?? '',
    tls_cipher_suite: lines[9] ?? '',
  };
}
