/** k6's options that concern requests and connections, as they are checked elsewhere, with k6's defaults. */
import type tls from 'node:tls';
import type { HttpSettings } from '../host.ts';

type TlsVersion = 'tls1.0' | 'tls1.1' | 'tls1.2' | 'tls1.3';

/** A client's certificate, for hosts that match one of `domains` (`*.example.org`), or for all. */
export interface TlsAuth {
  readonly domains?: readonly string[] | null | undefined;
  readonly cert: string;
  readonly key: string;
  readonly password?: string | null | undefined;
}

export interface RequestOptions {
  readonly batch?: number | undefined;
  readonly batchPerHost?: number | undefined;
  readonly blacklistIPs?: readonly string[] | undefined;
  readonly blockHostnames?: readonly string[] | undefined;
  readonly discardResponseBodies?: boolean | undefined;
  readonly hosts?: Readonly<Record<string, string>> | undefined;
  readonly insecureSkipTLSVerify?: boolean | undefined;
  readonly maxRedirects?: number | undefined;
  readonly noConnectionReuse?: boolean | undefined;
  /** Requests a second at most, of all virtual users together; 0 is no limit. */
  readonly rps?: number | undefined;
  readonly systemTags?: readonly string[] | undefined;
  readonly throw?: boolean | undefined;
  readonly tlsAuth?: readonly TlsAuth[] | undefined;
  readonly tlsCipherSuites?: readonly string[] | undefined;
  readonly tlsVersion?:
    | TlsVersion
    | { readonly min?: TlsVersion | null | undefined; readonly max?: TlsVersion | null | undefined }
    | undefined;
  readonly userAgent?: string | undefined;
}

/** k6's default set. */
export const SYSTEM_TAGS: readonly string[] = [
  'proto',
  'subproto',
  'status',
  'method',
  'url',
  'name',
  'group',
  'check',
  'error',
  'error_code',
  'tls_version',
  'scenario',
  'service',
  'expected_response',
];

const VERSIONS = { 'tls1.0': 'TLSv1', 'tls1.1': 'TLSv1.1', 'tls1.2': 'TLSv1.2', 'tls1.3': 'TLSv1.3' } as const;

export function httpSettings(options: RequestOptions): HttpSettings {
  return {
    userAgent: options.userAgent ?? 'firedrill',
    maxRedirects: options.maxRedirects ?? 10,
    discardResponseBodies: options.discardResponseBodies ?? false,
    throws: options.throw ?? false,
    batch: options.batch ?? 20,
    batchPerHost: options.batchPerHost ?? 6,
    systemTags: new Set(options.systemTags ?? SYSTEM_TAGS),
  };
}

/** The certificate that a host is shown, if any. */
export function authFor({ tlsAuth }: RequestOptions, hostname: string): TlsAuth | undefined {
  return tlsAuth?.find(({ domains }) => !domains || domains.length === 0 || domains.some((pattern) => nameMatches(pattern, hostname)));
}

/** A single version is the only one. */
export function tlsSettings(
  { insecureSkipTLSVerify, tlsVersion, tlsCipherSuites = [] }: RequestOptions,
  auth: TlsAuth | undefined,
): tls.ConnectionOptions {
  const range = typeof tlsVersion === 'string' ? { min: tlsVersion, max: tlsVersion } : (tlsVersion ?? {});
  return {
    ...(insecureSkipTLSVerify ? { rejectUnauthorized: false } : {}),
    ...(range.min ? { minVersion: VERSIONS[range.min] } : {}),
    ...(range.max ? { maxVersion: VERSIONS[range.max] } : {}),
    ...(tlsCipherSuites.length > 0 ? { ciphers: tlsCipherSuites.map(cipherName).join(':') } : {}),
    ...(auth ? { cert: auth.cert, key: auth.key, ...(auth.password ? { passphrase: auth.password } : {}) } : {}),
  };
}

/** `*.example.org` is every name below it; case does not count. */
export function nameMatches(pattern: string, hostname: string): boolean {
  const [wanted, name] = [pattern.toLowerCase(), hostname.toLowerCase()];
  return wanted.startsWith('*') ? name.endsWith(wanted.slice(1)) : name === wanted;
}

/** IANA's names, which k6 takes, as OpenSSL has them: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` is `ECDHE-RSA-AES128-GCM-SHA256`. Those of TLS 1.3 are the same in both. */
function cipherName(iana: string): string {
  if (!iana.includes('_WITH_')) return iana;
  const openssl = iana
    .replace(/^TLS_/, '')
    .replace(/^RSA_WITH_/, '')
    .replace('_WITH_', '-')
    .replace(/_CBC|_EDE/g, '')
    .replace(/AES_(\d+)/, 'AES$1')
    .replace('3DES', 'DES-CBC3')
    .replace(/(CHACHA20_POLY1305)_SHA256$/, '$1');
  return openssl.replaceAll('_', '-');
}
