/**
 * Makes HTTP calls from a target's network namespace. Names are found as the target finds them: by its hosts file and its name
 * servers, which it is told with each call.
 */
import { Resolver } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { z } from 'zod';
import { callShape, waitsShape } from './call-shape.ts';

/** Longest answer that is read; what follows is let go. */
const ANSWER_BYTES_MAX = 64 * 1024;
/** Of it, what is told. */
const TOLD_CHARACTERS = 300;

const callOrder = z.object({ call: callShape, hosts: z.record(z.string(), z.string()), nameServers: z.array(z.string()) });
type CallOrder = z.output<typeof callOrder>;
const order = z.union([waitsShape, callOrder]);

export function call(): (order: unknown) => Promise<unknown> {
  return async (raw) => {
    const asked = order.parse(raw);
    if ('waits' in asked) return asked;
    const url = new URL(asked.call.url);
    const address = await resolve(url.hostname.replace(/^\[|\]$/g, ''), asked);
    return send(asked, url, address);
  };
}

async function resolve(name: string, { hosts, nameServers }: CallOrder): Promise<string> {
  if (isIP(name) !== 0) return name;
  const known = hosts[name] ?? (name === 'localhost' ? '127.0.0.1' : undefined);
  if (known !== undefined) return known;
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers(nameServers);
  const found = await resolver.resolve4(name).catch(() => resolver.resolve6(name));
  const [first] = found;
  if (first === undefined) throw new Error(`${name} has no address`);
  return first;
}

function send({ call: { method, headers, body, timeoutMs } }: CallOrder, url: URL, address: string): Promise<unknown> {
  const startedMs = performance.now();
  return new Promise((done, fail) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = request(
      url,
      {
        method,
        headers: { 'user-agent': 'firedrill', ...headers },
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
        lookup: (_name, options, found) => {
          const family = isIP(address);
          if (options.all) found(null, [{ address, family }]);
          else found(null, address, family);
        },
      },
      async (response) => {
        try {
          const chunks: Buffer[] = [];
          let bytes = 0;
          for await (const chunk of response) {
            bytes += chunk.length;
            chunks.push(chunk);
            if (bytes > ANSWER_BYTES_MAX) break;
          }
          const text = Buffer.concat(chunks).toString('utf8');
          done({
            status: response.statusCode ?? 0,
            date: response.headers.date,
            text: text.slice(0, ANSWER_BYTES_MAX),
            told: text.trim().slice(0, TOLD_CHARACTERS),
            tookMs: performance.now() - startedMs,
            atNs: String(process.hrtime.bigint()),
          });
        } catch (error) {
          fail(error);
        }
      },
    );
    sent.on('error', (error) => fail(new Error(`${method} ${url.origin}${url.pathname}: ${error.message || error.name}`)));
    sent.end(body);
  });
}
