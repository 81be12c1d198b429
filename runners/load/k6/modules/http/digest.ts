/** The answer to a server's Digest challenge (RFC 7616, with RFC 2069's where no `qop` is asked). */
import type { ScriptHost } from '../../host.ts';
import { hexText } from '../bytes.ts';

export interface DigestRequest {
  readonly method: string;
  /** Path and query as on the request line. */
  readonly target: string;
  readonly name: string;
  readonly password: string;
  readonly body: string | Uint8Array;
}

type DigestHost = Pick<ScriptHost, 'digest' | 'randomBytes'>;

const PARAMETER = /([a-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))/gi;
const ALGORITHMS: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512_256' };
const NONCE_BYTES = 16;
/** Longer challenges are not read: a server could make reading one take long. */
const CHALLENGE_LENGTH_MAX = 4096;

/** The value for `Authorization`; undefined where the challenge is none that can be answered. */
export function answerDigest(host: DigestHost, challenge: string, request: DigestRequest): string | undefined {
  const scheme = challenge.length > CHALLENGE_LENGTH_MAX ? null : /(?:^|,\s*)Digest\s+/i.exec(challenge);
  if (!scheme) return undefined;
  const said = parametersOf(challenge.slice(scheme.index + scheme[0].length));
  const nonce = said.get('nonce');
  const algorithm = said.get('algorithm') ?? 'MD5';
  const session = /-sess$/i.test(algorithm);
  const digestName = ALGORITHMS[algorithm.replace(/-sess$/i, '').toUpperCase()];
  const quality = qualityOf(said.get('qop'));
  if (nonce === undefined || digestName === undefined || quality === 'unknown') return undefined;
  const hash = (data: string | Uint8Array) => host.digest(digestName, data);
  const realm = said.get('realm') ?? '';
  const { method, target, name, password } = request;
  const ours = hexText(host.randomBytes(NONCE_BYTES));
  const count = '00000001';
  const secret = hash(`${name}:${realm}:${password}`);
  const a1 = session ? hash(`${secret}:${nonce}:${ours}`) : secret;
  const a2 = hash(`${method}:${target}${quality === 'auth-int' ? `:${hash(request.body)}` : ''}`);
  const response = hash(quality === '' ? `${a1}:${nonce}:${a2}` : `${a1}:${nonce}:${count}:${ours}:${quality}:${a2}`);
  const opaque = said.get('opaque');
  return [
    `Digest username="${quoted(name)}", realm="${quoted(realm)}", nonce="${quoted(nonce)}", uri="${target}", response="${response}"`,
    ...(said.has('algorithm') ? [`algorithm=${algorithm}`] : []),
    ...(opaque === undefined ? [] : [`opaque="${quoted(opaque)}"`]),
    ...(quality === '' ? [] : [`qop=${quality}, nc=${count}`]),
    ...(quality === '' && !session ? [] : [`cnonce="${ours}"`]),
  ].join(', ');
}

/** The first of the qualities offered that we have; empty where none is asked for. */
function qualityOf(offered: string | undefined): 'auth' | 'auth-int' | '' | 'unknown' {
  if (offered === undefined) return '';
  const each = offered.split(',').map((quality) => quality.trim().toLowerCase());
  if (each.includes('auth')) return 'auth';
  return each.includes('auth-int') ? 'auth-int' : 'unknown';
}

function parametersOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(PARAMETER)].map(([, name = '', quotedText, token = '']) => [
      name.toLowerCase(),
      quotedText?.replace(/\\(.)/g, '$1') ?? token,
    ]),
  );
}

function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}
