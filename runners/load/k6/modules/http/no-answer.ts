/** What is left of an answer where nothing answered. */
import type { HostAnswer, HostTimings } from '../../host.ts';

const NO_TIMINGS: HostTimings = {
  blocked: 0,
  looking_up: 0,
  connecting: 0,
  tls_handshaking: 0,
  sending: 0,
  waiting: 0,
  receiving: 0,
  duration: 0,
};

export const NO_ANSWER: Omit<HostAnswer, 'error' | 'errorCode'> = {
  status: 0,
  statusText: '',
  protocol: '',
  headers: [],
  body: undefined,
  remoteIp: '',
  remotePort: 0,
  tlsVersion: '',
  tlsCipherSuite: '',
  timings: NO_TIMINGS,
  sentBytes: 0,
  receivedBytes: 0,
};
