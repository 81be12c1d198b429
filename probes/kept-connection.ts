/**
 * A connection that is kept between looks and dialled anew when it was lost, failed, or the target's address changed.
 * A look that fails on it throws it away, so that the next one starts clean.
 */
import { dialAddress } from './dial-address.ts';
import { readFailure, systemFailed } from './failure-reading.ts';
import type { LookContext, OpenProbe, Reading } from './probe.ts';

/** Where to dial: a host on a port that the kind knows, or a whole address. */
export type Address = { readonly host: string } | { readonly url: string };

/** What a kind brings: how to dial, whether it is still good, how to look through it, how to drop it at once. */
export interface Connector<Connection> {
  /** The file's own address; the target's is used where there is none. */
  readonly url: string | undefined;
  dial(address: Address, context: LookContext): Promise<Connection>;
  alive(connection: Connection): boolean;
  look(connection: Connection, context: LookContext): Promise<Reading>;
  /** What the server itself answered: the connection lives on. Undefined for every other error. */
  readRefusal(error: unknown): Reading | undefined;
  /** The client library's own errors for a connection that broke, which carry no code. Undefined for every other error. */
  readBreak(error: unknown): string | undefined;
  /** Drops it at once, or in the background with a limit; never throws. */
  drop(connection: Connection): void;
}

/** Opens a probe on such a connection. */
export function keepConnection<Connection>(connector: Connector<Connection>): OpenProbe {
  let kept: { readonly connection: Connection; readonly address: string } | undefined;

  const drop = () => {
    if (kept) connector.drop(kept.connection);
    kept = undefined;
  };

  const connect = async (to: Address, context: LookContext): Promise<Connection> => {
    const address = 'url' in to ? to.url : to.host;
    if (kept && kept.address === address && connector.alive(kept.connection)) return kept.connection;
    drop();
    const connection = await connector.dial(to, context);
    kept = { connection, address };
    return connection;
  };

  return {
    async look(context) {
      const to = connector.url === undefined ? dialAddress(context.target) : { url: connector.url };
      if ('missing' in to) return to.missing;
      try {
        return await connector.look(await connect(to, context), context);
      } catch (error) {
        const refusal = context.signal.aborted ? undefined : connector.readRefusal(error);
        if (refusal) return refusal;
        drop();
        const broken = context.signal.aborted ? undefined : connector.readBreak(error);
        return broken === undefined ? readFailure(error, context.signal) : systemFailed(broken);
      }
    },
    async close() {
      drop();
    },
  };
}
