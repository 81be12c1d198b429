/** How a scenario connects: TLS, HTTP/2, proxies, and names that lead elsewhere. */
import { z } from 'zod';

const file = z.string().min(1);
const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
const version = z.enum(VERSIONS);
/** `host`, `host:port`, `[v6]`, `[v6]:port`, or a bare IPv6 address. */
const ADDRESS = /^(?:\[[0-9a-f:.]+\](?::\d{1,5})?|[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*|[^\s:/[\]]+(?::\d{1,5})?)$/i;
const PROXY = /^(?:environment|none|https?:\/\/[^\s/?#]+\/?)$/i;

const tls = z
  .strictObject({
    ca: file.optional().describe("A PEM file of the certificates that are trusted, instead of the system's."),
    cert: file.optional().describe('A PEM file with the certificate of the client, for servers that ask for one.'),
    key: file.optional().describe('A PEM file with its key.'),
    passphrase: z.string().optional().describe('What opens the key.'),
    servername: z.string().min(1).optional().describe("The name asked for and checked; default the URL's."),
    insecureSkipTLSVerify: z.boolean().default(false).describe('Any certificate will do.'),
    minVersion: version.optional().describe('The lowest version.'),
    maxVersion: version.optional().describe('The highest version.'),
    ciphers: z.string().min(1).optional().describe('Ciphers, as OpenSSL names them, with : between.'),
  })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), { message: 'cert and key belong together' })
  .refine(({ minVersion: low, maxVersion: high }) => !low || !high || VERSIONS.indexOf(low) <= VERSIONS.indexOf(high), {
    message: 'minVersion is above maxVersion',
  });

/** A scenario's `connect`. */
export const connect = z
  .strictObject({
    http2: z
      .enum(['auto', 'never', 'only'])
      .default('auto')
      .describe('`auto` lets TLS agree on it; `only` speaks nothing else, without TLS from the first byte on.'),
    tls: tls.optional().describe("TLS, where it isn't to be as usual."),
    hosts: z
      .record(z.string().min(1), z.string().regex(ADDRESS, 'write an address with or without a port, like 127.0.0.1:8443'))
      .default({})
      .describe('Names that lead elsewhere than DNS says: `name`, `name:port` or `*.name`, each to an address with or without a port.'),
    proxy: z
      .string()
      .regex(PROXY, 'write environment, none, or http://host:port')
      .default('environment')
      .describe('`environment` heeds HTTP_PROXY, HTTPS_PROXY and NO_PROXY, and never proxies loopback; `none`; or the URL of one for all.'),
    retryDeadConnections: z
      .boolean()
      .default(true)
      .describe('A GET, HEAD or OPTIONS whose kept connection proves dead is sent once more, and counted, as Go and k6 do.'),
  })
  .meta({ id: 'connect' });
export type Connect = z.output<typeof connect>;
