/** The regional cache on Redis. Every command has a limit, so that a frozen Redis slows an answer and never holds it. */
import { createClient } from 'redis';
import { type Cache, parseCopy } from './cache.ts';
import { within } from './within.ts';

/** Limit for one command. */
const COMMAND_MS_MAX = 400;
/** Commands that may wait for an answer before more are refused. */
const QUEUE_MAX = 2000;
const RECONNECT_MS = 500;

/** Renews or gives back a lease only while it carries our token. */
const RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end";
const RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end";

/** Connects in the background, for ever; commands fail while there is no connection. */
export function connectCache(host: string): Cache {
  const client = createClient({
    socket: { host, port: 6379, connectTimeout: 1000, reconnectStrategy: () => RECONNECT_MS },
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE_MAX,
  });
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  const limited = <Value>(command: string, work: Promise<Value>) => within(COMMAND_MS_MAX, `Redis ${command}`, work);
  return {
    async get(key) {
      const text = await limited('GET', client.get(key));
      return text === null ? undefined : parseCopy(text);
    },
    async set(key, copy, keepMs) {
      await limited('SET', client.set(key, JSON.stringify(copy), { expiration: { type: 'PX', value: Math.round(keepMs) } }));
    },
    async acquire(name, token, leaseMs) {
      const answer = await limited(
        'SET NX',
        client.set(name, token, { condition: 'NX', expiration: { type: 'PX', value: Math.round(leaseMs) } }),
      );
      return answer === 'OK';
    },
    async renew(name, token, leaseMs) {
      return (await limited('EVAL', client.eval(RENEW, { keys: [name], arguments: [token, String(Math.round(leaseMs))] }))) === 1;
    },
    async release(name, token) {
      await limited('EVAL', client.eval(RELEASE, { keys: [name], arguments: [token] }));
    },
  };
}
