/** Leftovers of the kinds that lie on the host of an engine and not in a container, planted where nobody else uses that engine. */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { readProgress } from '../../runners/docker/engine-progress.ts';
import { STAGE_LABEL } from './agent-stage.ts';
import { HANDS, type Plant, signal } from './checker-plants.ts';

export interface HostGarden {
  /** The engine whose host it is. */
  readonly engine: { readonly docker: Docker; readonly hostPid: number };
  /** Another engine of the same machine, with the checker's image, for what has to be done on the host itself. */
  readonly docker: Docker;
  readonly image: string;
  readonly label: string;
  /** Runs a shell script with the processes of the host in sight. */
  onHost(script: string): Promise<string>;
}

const ORPHAN = 'firedrill-checker-orphan';
const IMAGE = 'firedrill-checker/left';
/** Until a process whose container was removed has lost its last keeper. */
const ORPHANED_AFTER_MS = 500;

export function hostPlantsOf({ engine, docker, image, label, onHost }: HostGarden): readonly Plant[] {
  const inHostNetwork = (script: string) => onHost(`nsenter --target ${engine.hostPid} --net -- sh -c '${script}'`);
  return [
    {
      kind: 'a chain and a jump on the host',
      plant: () => inHostNetwork('iptables-nft -N FIREDRILL-0c0c0c0c-OUT; iptables-nft -I OUTPUT 1 -j FIREDRILL-0c0c0c0c-OUT'),
      cries: /host: rules IPv4: \+ -A OUTPUT -j FIREDRILL-0c0c0c0c-OUT/,
      uproot: () => inHostNetwork('iptables-nft -D OUTPUT -j FIREDRILL-0c0c0c0c-OUT; iptables-nft -X FIREDRILL-0c0c0c0c-OUT'),
    },
    {
      kind: 'a rule on the host that does not name us, IPv6',
      plant: () => inHostNetwork('ip6tables-nft -A INPUT -p udp --dport 9 -j DROP'),
      cries: /host: rules IPv6: \+ -A INPUT -p udp .*--dport 9 -j DROP/,
      uproot: () => inHostNetwork('ip6tables-nft -D INPUT -p udp --dport 9 -j DROP'),
    },
    {
      kind: 'a queueing discipline on the host',
      plant: () => inHostNetwork('tc qdisc add dev lo root handle 7: tbf rate 500mbit burst 64k latency 50ms'),
      cries: /host: queueing: \+ qdisc tbf/,
      uproot: () => inHostNetwork('tc qdisc del dev lo root'),
    },
    {
      kind: 'a helper on the host that nobody owns any more',
      plant: () => orphan(docker, image, label),
      cries: /host: orphaned helpers: \+ \/tmp\/impair 7021/,
      uproot: () => onHost(signal('KILL', '/tmp/impair 7021')),
    },
    {
      kind: 'an image',
      plant: () => importEmptyImage(engine.docker),
      cries: new RegExp(`engine: ours: \\+ image ${IMAGE}:local`),
      uproot: () => engine.docker.getImage(`${IMAGE}:local`).remove(),
    },
    {
      kind: 'a volume that does not name us',
      plant: () => engine.docker.createVolume({ Name: 'left' }),
      cries: /engine: ours: \+ volume left/,
      uproot: () => engine.docker.getVolume('left').remove(),
    },
  ];
}

/** Leaves its container's control groups, as a helper in a target does, and so outlives the container. */
async function orphan(docker: Docker, image: string, label: string): Promise<void> {
  const leave =
    'for f in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do [ -e $f ] && echo $$ > $f; done 2>/dev/null; exec /tmp/impair 7021';
  const container = await docker.createContainer({
    name: ORPHAN,
    Image: image,
    Entrypoint: ['sh', '-c', `cp /bin/sleep /tmp/impair; setsid sh -c '${leave}' >/dev/null 2>&1 </dev/null & sleep 1`],
    Labels: { 'firedrill.checker': 'plant', [STAGE_LABEL]: label },
    HostConfig: HANDS,
  });
  await container.start();
  await container.wait();
  await container.remove({ force: true });
  await sleep(ORPHANED_AFTER_MS);
}

async function importEmptyImage(docker: Docker): Promise<void> {
  const nothing = pack();
  nothing.finalize();
  await readProgress(await docker.importImage(Readable.from(nothing), { repo: IMAGE, tag: 'local' }), () => undefined);
}
