/**
 * k6's error codes for requests that nothing answered, and a few words for each, without addresses in them, so that as a
 * tag they make few series. https://grafana.com/docs/k6/latest/javascript-api/error-codes/
 */
import type { Failure } from '../../transport/engine.ts';

export interface RequestError {
  readonly errorCode: number;
  readonly error: string;
}

const UNKNOWN_ISSUER: ReadonlySet<string> = new Set([
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const BY_CODE: Readonly<Record<string, RequestError>> = {
  FIREDRILL_TIMEOUT: { errorCode: 1050, error: 'request timeout' },
  ENOTFOUND: { errorCode: 1101, error: 'lookup: no such host' },
  EAI_AGAIN: { errorCode: 1100, error: 'lookup: the name servers do not answer' },
  EAI_FAIL: { errorCode: 1100, error: 'lookup: the name servers failed' },
  EAI_NODATA: { errorCode: 1101, error: 'lookup: the host has no address' },
  ECONNREFUSED: { errorCode: 1212, error: 'dial: connection refused' },
  ECONNRESET: { errorCode: 1220, error: 'connection reset by peer' },
  EPIPE: { errorCode: 1201, error: 'write: broken pipe' },
  ERR_TLS_CERT_ALTNAME_INVALID: { errorCode: 1311, error: 'tls: the certificate does not match the hostname' },
  FIREDRILL_URL: { errorCode: 1020, error: 'the URL is none' },
  FIREDRILL_BLOCKED_IP: { errorCode: 1110, error: 'dial: the IP is in a blacklisted range' },
  FIREDRILL_BLOCKED_HOST: { errorCode: 1111, error: 'dial: the hostname is blocked' },
};
/** HTTP/2 has fourteen codes of its own (RFC 9113, 7); others get the general number of their scope. */
const HTTP2_CODE_MAX = 13;
const HTTP2_SCOPES = { goaway: 1610, stream: 1630, connection: 1650 } as const;

export function errorOf({ code, message, during, http2 }: Failure): RequestError {
  if (http2) {
    const general = HTTP2_SCOPES[http2.scope];
    const known = http2.code >= 0 && http2.code <= HTTP2_CODE_MAX;
    return { errorCode: known ? general + 1 + http2.code : general, error: `http2: ${http2.scope} ended with code ${http2.code}` };
  }
  if (code === 'ETIMEDOUT' && during === 'connecting') return { errorCode: 1211, error: 'dial: i/o timeout' };
  if (UNKNOWN_ISSUER.has(code)) return { errorCode: 1310, error: 'tls: the certificate is signed by an unknown authority' };
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known) return known;
  const named = /^E[A-Z]+$/.test(code);
  if (during === 'connecting') return { errorCode: named ? 1213 : 1210, error: `dial: ${named ? code : message}` };
  if (during === 'securing') return { errorCode: 1300, error: `tls: ${code}` };
  return named ? { errorCode: 1202, error: `connection: ${code}` } : { errorCode: 1000, error: message };
}
