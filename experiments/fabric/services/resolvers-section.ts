/**
 * How HAProxy finds containers: by the engine's own DNS, asked every two seconds. An address that is no longer the name's is
 * dropped at once, since the engine gives it to another container; a name that is gone for the moment keeps its last one, and the health checks judge.
 */
export const RESOLVERS = `
resolvers docker
  nameserver engine 127.0.0.11:53
  timeout resolve 2s
  timeout retry 1s
  hold valid 2s
  hold obsolete 0s
  hold nx 60s
  hold other 60s
  hold refused 60s
  hold timeout 60s
`;
