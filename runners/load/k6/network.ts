/** What a virtual user's requests go through: connections, limits and the measuring of them. The rest of its host is vu-host.ts. */
import type { HostAnswer, HostExchange, HostRequest, HostSockets, HostTimings, HttpSettings, Tags } from './host.ts';

/** One virtual user's side of the network. */
export interface UserNetwork {
  readonly http: HttpSettings;
  request(request: HostRequest): Promise<HostAnswer>;
  together(exchanges: readonly HostExchange[]): Promise<void>;
  readonly sockets: HostSockets;
  requested(tags: Tags, timings: HostTimings, failed: boolean | undefined): void;
  /** Since the iteration began, something was sent and nothing answered. */
  readonly unanswered: boolean;
  /** An iteration begins that was meant to begin at `intendedMs`, on the run's clock. */
  begin(intendedMs: number): void;
  /** Gives up what is under way; nobody waits for it any more. */
  cancel(): void;
}
