/** Locked tables, exhausted sessions and a standby that stands still: what clients see, what proves it, and that all of it ends. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dbConnections } from '../../runners/faults/db-connections.ts';
import { dbLock } from '../../runners/faults/db-lock.ts';
import { replicationPause } from '../../runners/faults/replication-pause.ts';
import { type Actor, inside, openStage, type Stage, until } from '../helpers/agent-stage.ts';
import { fabricImage, type Part, type Play, play } from '../helpers/fault-life.ts';

/** A client that waits this long waits in vain. */
const PATIENCE = "set lock_timeout = '300ms';";
const READY_MS = 60_000;
const ROWS = "name like 'video-1%'";

let stage: Stage;
let image: string;
let primary: Actor;
let standby: Actor;
let parts: Readonly<Record<'lock' | 'lock-writes' | 'lock-rows' | 'exhaust' | 'hold-ten' | 'pause', Part>>;
let playing: Play;

before(async () => {
  stage = await openStage('faults-postgres');
  image = await fabricImage(stage, 'fabric-postgres');
  primary = await startPostgres('primary', ['primary'], []);
  standby = await startPostgres('standby', ['replica'], [`PRIMARY=${primary.address}`]);
  const lock = (settings: object) => ({ fault: dbLock, targets: [primary], settings: { table: 'video', database: 'fabric', ...settings } });
  const hold = (settings: object) => ({ fault: dbConnections, targets: [primary], settings });
  parts = {
    lock: lock({}),
    'lock-writes': lock({ blocks: 'writes' }),
    'lock-rows': lock({ rows: ROWS }),
    exhaust: hold({}),
    'hold-ten': hold({ count: 10 }),
    pause: { fault: replicationPause, targets: [standby], settings: {} },
  };
  playing = await play(stage, 'postgres', {
    ...parts,
    'lock-impatient': lock({ patience: '200ms' }),
    'lock-nothing': lock({ table: 'audio' }),
    'lock-no-row': lock({ rows: "name = 'nobody'" }),
    'lock-ended': lock({}),
    'lock-standby': { ...lock({}), targets: [standby] },
    'hold-too-many': hold({ count: 5000 }),
    'pause-primary': { ...parts.pause, targets: [primary] },
    'pause-paused': parts.pause,
    'pause-resumed': parts.pause,
    'wrong-user': { ...parts.pause, settings: { user: 'nobody' } },
  });
});

after(async () => {
  try {
    await playing?.leave();
  } finally {
    await stage?.remove();
  }
});

async function startPostgres(name: string, role: string[], environment: string[]): Promise<Actor> {
  const actor = await stage.start(name, { Image: image, Cmd: role, Env: ['REGION=test', ...environment], HostConfig: { Init: true } });
  await until(
    `${name} answers`,
    async () => (await inside(stage.docker, actor.container, ['sh', '-c', 'healthz && echo well'])).includes('well'),
    READY_MS,
  );
  return actor;
}

/** What an ordinary client is answered, or refused with. */
async function sql({ container }: Actor, query: string, user = 'postgres'): Promise<string> {
  const client = ['timeout', '10', 'psql', '-qAtX', '-h', '127.0.0.1', '-U', user, '-d', 'fabric', '-c', query];
  return (await inside(stage.docker, container, client)).trim();
}

const READ = `${PATIENCE} select count(*) > 0 from video`;
const WRITE = `${PATIENCE} update video set version = version where name = 'video-1'`;
const OTHER_WRITE = `${PATIENCE} update video set version = version where name = 'video-2'`;
const LATE = /canceling statement due to lock timeout/;

test('a locked table keeps readers and writers waiting, beyond the server’s limit for idle transactions, and no other table', async (t) => {
  const proof = await playing.breakIt('lock');
  assert.equal(proof.proven, true, proof.evidence);
  t.diagnostic(proof.evidence);
  assert.match(await sql(primary, READ), LATE);
  assert.equal(await sql(primary, 'select count(*) > 0 from channel'), 't');
  await sql(primary, 'select pg_sleep(6)');
  assert.match(await sql(primary, READ), LATE);
  const waiting = sql(primary, 'select count(*) > 0 from video');
  await playing.mend('lock');
  assert.equal(await waiting, 't');
  assert.equal(await sql(primary, WRITE), '');
  await playing.mend('lock');
});

test('a lock of writes lets reads go on; a lock of rows, writes of other rows', async () => {
  const writes = await playing.breakIt('lock-writes');
  assert.equal(writes.proven, true, writes.evidence);
  assert.equal(await sql(primary, READ), 't');
  assert.match(await sql(primary, WRITE), LATE);
  await playing.mend('lock-writes');
  const rows = await playing.breakIt('lock-rows');
  assert.equal(rows.proven, true, rows.evidence);
  assert.ok((rows.facts['lockedRows'] ?? 0) > 1);
  assert.match(await sql(primary, WRITE), LATE);
  assert.equal(await sql(primary, OTHER_WRITE), '');
  await playing.mend('lock-rows');
  assert.equal(await sql(primary, WRITE), '');
});

test('a lock whose session somebody ended is not proven, and is undone without a word', async () => {
  for (const result of [...(await playing.agent.arm('lock-ended')), ...(await playing.agent.inject('lock-ended'))])
    assert.equal(result.error, undefined);
  assert.equal(
    await sql(primary, "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name like '%-holder'"),
    '1',
  );
  const proof = dbLock.judgeProof(parts.lock.settings, await playing.agent.prove('lock-ended'));
  assert.equal(proof.proven, false);
  assert.match(proof.evidence, /not locked: a witness gets at video/);
  await playing.mend('lock-ended');
});

test('a table that is not there, rows that are none, a standby, and a table that others hold are refused', async () => {
  assert.match(await playing.refusal('lock-nothing'), /there is no table 'audio' in its database 'fabric'/);
  assert.match(await playing.refusal('lock-no-row'), /no row of video matches/);
  assert.match(await playing.refusal('lock-standby'), /choose the primary/);
  for (const result of await playing.agent.arm('lock-impatient')) assert.equal(result.error, undefined);
  const holding = sql(primary, 'begin; lock table video in share mode; select pg_sleep(2); commit');
  await until('somebody holds it', async () => (await sql(primary, "select count(*) from pg_locks where mode = 'ShareLock'")) === '1');
  assert.match((await playing.agent.inject('lock-impatient'))[0]?.error ?? '', /did not let go of it within 200 ms/);
  await playing.mend('lock-impatient');
  await holding;
});

test('with every session held nobody but a superuser gets in, and a session that somebody gives back is held too', async (t) => {
  const leaving = sql(primary, 'select pg_sleep(2)', 'monitor');
  const proof = await playing.breakIt('exhaust');
  assert.equal(proof.proven, true, proof.evidence);
  t.diagnostic(proof.evidence);
  assert.equal(proof.facts['freeSessions'], 0);
  await leaving;
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.match(await sql(primary, 'select 1', 'monitor'), /remaining connection slots are reserved/);
  assert.equal(await sql(primary, 'select 1'), '1', 'a person gets in');
  await playing.mend('exhaust');
  assert.equal(await sql(primary, 'select 1', 'monitor'), '1');
  await playing.mend('exhaust');
});

test('as many sessions as asked for are held, and more than there are is refused', async () => {
  const count = "select count(*) from pg_stat_activity where application_name like 'FIREDRILL%' and application_name not like '%-%-%'";
  const proof = await playing.breakIt('hold-ten');
  assert.equal(proof.proven, true, proof.evidence);
  assert.equal(proof.facts['heldSessions'], 10);
  assert.equal(await sql(primary, count), '9', 'and one that looks');
  assert.match(await playing.refusal('hold-too-many'), /5000 sessions cannot be held: \d+ of 117 are free/);
  await playing.mend('hold-ten');
  assert.equal(await sql(primary, count), '0');
});

const SESSIONS_OF_OURS = "select count(*) from pg_stat_activity where application_name like 'FIREDRILL%'";

/** Something for a standby to replay. */
function publish(version: number): Promise<string> {
  return sql(primary, `update video set version = ${version} where name = 'video-1'`);
}
const versionOn = (server: Actor) => sql(server, "select version from video where name = 'video-1'");

test('a paused standby answers with the past, and catches up when it is undone', async (t) => {
  await publish(100);
  await until('it is there', async () => (await versionOn(standby)) === '100');
  const busy = sql(
    primary,
    'do $$ begin for n in 1..30 loop update heartbeat set beat = n; commit; perform pg_sleep(0.1); end loop; end $$',
  );
  const proof = await playing.breakIt('pause');
  assert.equal(proof.proven, true, proof.evidence);
  t.diagnostic(proof.evidence);
  assert.ok((proof.facts['waitingBytes'] ?? 0) > 0);
  assert.equal(await busy, '');
  await publish(101);
  await sql(primary, 'select pg_sleep(1)');
  assert.equal(await versionOn(standby), '100');
  await playing.mend('pause');
  await until('it caught up', async () => (await versionOn(standby)) === '101');
  await playing.mend('pause');
});

test('a primary, a standby that was paused before, and a user whom it does not know are refused; the pause of others stays', async () => {
  assert.match(await playing.refusal('pause-primary'), /choose a standby/);
  assert.match(await playing.refusal('wrong-user'), /role "nobody" does not exist/);
  await sql(standby, 'select pg_wal_replay_pause()');
  await until('it stands', async () => (await sql(standby, 'select pg_get_wal_replay_pause_state()')) === 'paused');
  assert.match(await playing.refusal('pause-paused'), /was found paused, and is left alone/);
  await playing.mend('pause-paused');
  assert.equal(await sql(standby, 'select pg_get_wal_replay_pause_state()'), 'paused');
  await sql(standby, 'select pg_wal_replay_resume()');
});

test('a pause that somebody else ended is not proven', async () => {
  for (const result of [...(await playing.agent.arm('pause-resumed')), ...(await playing.agent.inject('pause-resumed'))])
    assert.equal(result.error, undefined);
  await sql(standby, 'select pg_wal_replay_resume()');
  const proof = replicationPause.judgeProof({}, await playing.agent.prove('pause-resumed', 1500));
  assert.equal(proof.proven, false);
  assert.match(proof.evidence, /its replay is not paused/);
  await playing.mend('pause-resumed');
});

test('after kill -9 of the agent tables are free, sessions are given back, and the standby replays', async (t) => {
  const killing = await play(stage, 'postgres-killed', { lock: parts.lock, hold: parts['hold-ten'], pause: parts.pause });
  for (const name of ['lock', 'hold', 'pause'] as const) assert.equal((await killing.breakIt(name)).proven, true, name);
  t.diagnostic(await killing.killAgent());
  assert.equal(await sql(primary, WRITE), '');
  // The session that read it back has ended a moment ago.
  await until('nobody of ours is left', async () => (await sql(primary, SESSIONS_OF_OURS)) === '0');
  assert.equal(await sql(standby, 'select pg_get_wal_replay_pause_state()'), 'not paused');
});

test('what was broken in servers that are stopped by then is undone without a word', async () => {
  const stopping = await play(stage, 'postgres-stopped', { lock: parts.lock, hold: parts['hold-ten'], pause: parts.pause });
  for (const name of ['lock', 'hold', 'pause'] as const) assert.equal((await stopping.breakIt(name)).proven, true, name);
  await Promise.all([primary, standby].map(({ container }) => container.stop()));
  for (const name of ['lock', 'hold', 'pause'] as const) assert.match(await stopping.mend(name), /does not run/);
  await stopping.leave();
});
