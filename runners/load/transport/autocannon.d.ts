/** The parts of autocannon's inner client that firedrill builds on. That they are there is checked at start-up (autocannon-contract.ts). */
declare module 'autocannon/lib/httpClient.js' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  namespace Client {
    interface Head {
      readonly versionMajor: number;
      readonly versionMinor: number;
      readonly statusCode: number;
      readonly statusMessage: string;
      /** Names and values in turn. */
      readonly headers: string[];
      readonly shouldKeepAlive: boolean;
    }

    /** http-parser-js's parser; 2, 3 and 4 are its kOnHeadersComplete, kOnBody and kOnMessageComplete. */
    interface Parser {
      2: (head: Head) => boolean | undefined;
      3: (chunk: Buffer, start: number, length: number) => void;
      4: () => void;
      readonly body_bytes: number | null;
      readonly state: string;
      readonly line: string;
      readonly isChunked: boolean;
      readonly trailers: readonly string[];
      initialize(type: 'RESPONSE'): void;
      /** Bytes taken, or the error. */
      execute(chunk: Buffer): number | Error;
      finish(): Error | undefined;
    }

    interface Options {
      readonly hostname: string;
      readonly port: number;
      readonly protocol: 'http:' | 'https:';
    }
  }

  class Client extends EventEmitter {
    constructor(options: Client.Options);
    readonly parser: Client.Parser;
    conn: Socket;
    destroyed: boolean;
    readonly timeoutTicker: { clear(): void };
    _connect(): void;
    _doRequest(): void;
    _resetConnection(): void;
    _destroyConnection(): void;
    destroy(): void;
  }

  export = Client;
}
