/**
 * Checks at start-up that autocannon is the one that gated-client.ts was written against: firedrill stands on private
 * methods of its client, and a silent change there would be a silent lie in every figure.
 */
import Client from 'autocannon/lib/httpClient.js';
import manifest from 'autocannon/package.json' with { type: 'json' };
import { EXIT, FiredrillError } from '../../failure.ts';

export const AUTOCANNON_VERSION = '9.0.0';
const METHODS = ['_connect', '_doRequest', '_resetConnection', '_destroyConnection', 'destroy'] as const;
const SAMPLE = Buffer.from('HTTP/1.1 200 OK\r\nX-Sample: yes\r\nContent-Length: 2\r\n\r\nhi');
const CHUNKED = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: yes\r\n');

/** What is checked, as data, so that a test can hand in another. */
export interface AutocannonParts {
  readonly version: string;
  readonly prototype: object;
}

class SilentClient extends Client {
  override _connect(): void {}
}

/** Events that its parser gives for one answer, in order. */
function parserEvents(): string {
  const client = new SilentClient({ hostname: '127.0.0.1', port: 9, protocol: 'http:' });
  client.timeoutTicker.clear();
  const events: string[] = [];
  client.parser[2] = (head) => {
    events.push(`${head.statusCode} ${head.statusMessage} ${head.headers.join('=')} ${head.shouldKeepAlive} ${client.parser.body_bytes}`);
    return undefined;
  };
  client.parser[3] = (chunk, start, length) => void events.push(chunk.toString('latin1', start, start + length));
  client.parser[4] = () => void events.push('complete');
  client.parser.initialize('RESPONSE');
  client.parser.execute(SAMPLE);
  events.push(client.parser.state, client.parser.line);
  client.parser.execute(CHUNKED);
  events.push(`${client.parser.isChunked} ${client.parser.trailers.join('=')}`);
  return events.join('|');
}

const EXPECTED_EVENTS =
  '200 OK X-Sample=yes=Content-Length=2 true 2|hi|complete|RESPONSE_LINE||200 OK Transfer-Encoding=chunked true null|true X-Trailer=yes';

/** Throws FiredrillError `load.autocannon` where it is another version, lacks a method, or parses in another way. */
export function assertAutocannon(parts: AutocannonParts = { version: manifest.version, prototype: Client.prototype }): void {
  const missing = METHODS.filter((method) => typeof Reflect.get(parts.prototype, method) !== 'function');
  const events = parserEvents();
  const wrong =
    parts.version !== AUTOCANNON_VERSION
      ? `autocannon is version ${parts.version}, firedrill's load is built on ${AUTOCANNON_VERSION}`
      : missing.length > 0
        ? `autocannon's client lacks ${missing.join(', ')}`
        : events !== EXPECTED_EVENTS
          ? `autocannon's parser says '${events}', expected '${EXPECTED_EVENTS}'`
          : undefined;
  if (wrong) {
    throw new FiredrillError('load.autocannon', wrong, {
      hint: `npm install --save-exact autocannon@${AUTOCANNON_VERSION}`,
      exitCode: EXIT.groundUnfit,
    });
  }
}
