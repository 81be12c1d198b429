/** The labels on all that firedrill makes on an engine; `sweep` removes by them and nothing else. */
export const LABEL = {
  /** On the user's containers: `true` allows them to be touched. */
  allow: 'firedrill.allow',
  /** On the user's containers: `true` keeps them from being touched, whatever allows it. */
  protect: 'firedrill.protect',
  /** The run that made it. */
  run: 'firedrill.run',
  /** What it is: `agent`, `lock`, `stop` or `hold`. */
  role: 'firedrill.role',
  /** SHA-256 of everything an image was built of. */
  content: 'firedrill.content',
  /** How a base image came to be: `registry` or `debootstrap`. */
  base: 'firedrill.base',
  /** A lock: what it locks, and who holds it since when. */
  lock: 'firedrill.lock',
  lockHost: 'firedrill.lock.host',
  lockPid: 'firedrill.lock.pid',
  lockUser: 'firedrill.lock.user',
  lockSince: 'firedrill.lock.since',
} as const;

/** Labels that Compose sets, v1 and v2 alike. */
export const COMPOSE_LABEL = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  volume: 'com.docker.compose.volume',
} as const;

/** Labels that Swarm sets on the containers of its tasks; a task is named `service.slot.id`. */
export const SWARM_LABEL = {
  service: 'com.docker.swarm.service.name',
  task: 'com.docker.swarm.task.name',
} as const;
