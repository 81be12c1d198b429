-- The fabric's tables, on the primary; standbys receive them by replication. May be applied again: everything is "if not exists" or replaced.

do $$ begin
  if not exists (select 1 from pg_roles where rolname = 'monitor') then
    create role replicator login replication;
    create role reader login;                       -- the manifest services
    create role writer login;                       -- the writer and the job workers
    create role monitor login in role pg_monitor;   -- exporters and probes: looks, never touches
    alter role monitor set default_transaction_read_only = on;
  end if;
end $$;

-- One row, beaten by the writer several times a second: how far a standby is behind is the age of the beat that it sees.
create table if not exists heartbeat (only_row boolean primary key default true check (only_row), beat bigint not null, beat_at timestamptz not null);
insert into heartbeat values (true, 0, clock_timestamp()) on conflict do nothing;

-- The catalogue: 75 films, of which viewers ask for the first 60; all are cached.
create table if not exists video (name text primary key, title text not null, segments int not null, version int not null, published_at timestamptz not null);
insert into video select 'video-' || n, 'Film no. ' || n, 60 + n % 60, 1, clock_timestamp() from generate_series(1, 75) n on conflict do nothing;

create table if not exists channel (name text primary key, title text not null, version bigint not null, published_at timestamptz not null);
insert into channel select 'channel-' || n, 'Channel ' || n, 1, clock_timestamp() from generate_series(1, 5) n on conflict do nothing;

-- Milliseconds since the epoch, as JavaScript counts.
create or replace function epoch_ms(at timestamptz) returns float8 language sql immutable as $$ select extract(epoch from at)::float8 * 1000 $$;

-- A dear read: the database has room for `per_second` of them. Alone one takes `alone_ms`, and n at once share the room (n / per_second each), so a
-- stampede makes every read in it slow. The work is slept, in four slices that each look at how many others are at it, so that it loads the
-- model and not the machine.
create or replace function spend_a_read(alone_ms float8, per_second float8) returns void language plpgsql as $$
declare at_it int;
begin
  for turn in 1..4 loop
    perform pg_stat_clear_snapshot();
    select count(*) into at_it from pg_stat_activity where usename = 'reader' and state = 'active' and query ~ 'read_manifest|search_films';
    perform pg_sleep(greatest(alone_ms / 1000, at_it / per_second) / 4);
  end loop;
end $$;

-- A manifest read costs what packaging costs. Calls are counted in pg_stat_user_functions, at once.
create or replace function read_manifest(wanted text, alone_ms float8, per_second float8)
returns table (name text, title text, segments int, version int, published_ms float8, as_of_ms float8) language plpgsql as $$
begin
  perform pg_stat_force_next_flush();
  perform spend_a_read(alone_ms, per_second);
  return query select v.name, v.title, v.segments, v.version, epoch_ms(v.published_at), epoch_ms(h.beat_at) from video v, heartbeat h where v.name = wanted;
end $$;

-- A search costs as much. Nobody keeps its answer: it is another for every viewer.
create or replace function search_films(words text, alone_ms float8, per_second float8) returns table (name text, title text) language plpgsql as $$
begin
  perform spend_a_read(alone_ms, per_second);
  return query select v.name, v.title from video v where position(lower(words) in lower(v.title)) > 0 order by v.published_at desc, v.name limit 10;
end $$;

-- Jobs: when each was asked for and when it really started, by the primary's own clock.
create table if not exists job_run (
  id bigint generated always as identity primary key,
  region text not null, job text not null, trigger text not null check (trigger in ('schedule', 'drill')),
  asked_at timestamptz not null default clock_timestamp(), started_at timestamptz, finished_at timestamptz, result bigint);
create index if not exists job_run_asked on job_run (asked_at);

-- A job's small real work: a millisecond of aggregation over the catalogue. Two hundred at once must be able to start within a second, or the machine and
-- not the schedule says when they do.
create or replace function run_job(run bigint) returns void language plpgsql as $$
begin
  update job_run set started_at = clock_timestamp() where id = run;
  update job_run set result = (select sum(length(md5(v.title || n))) from video v, generate_series(1, 10) n), finished_at = clock_timestamp() where id = run;
end $$;

-- The newest drill: all runs that were asked for within 5 s of the newest one, and not longer than three minutes ago, so that the longest jitter window fits in.
create or replace view drill as
  select * from job_run where trigger = 'drill'
    and asked_at > clock_timestamp() - interval '3 minutes'
    and asked_at > (select max(asked_at) from job_run where trigger = 'drill') - interval '5 seconds';

-- Its figures in one row: jobs asked for and started, spread of the asking, most starts within any one second.
create or replace view drill_figures as
  select count(*)::int as asked, count(started_at)::int as started,
    coalesce(extract(epoch from max(asked_at) - min(asked_at)), 0)::float8 as asked_spread_s,
    coalesce((select max(n) from (
      select count(*) over (order by started_at range between interval '1 second' preceding and current row) as n from drill where started_at is not null
    ) each), 0)::int as peak_starts_per_second,
    max(asked_at) as asked_at
  from drill;

-- The same, and zeros until a drill was asked for since this session began: a probe that keeps its connection sees its own run's drill and no earlier one.
create or replace view drill_of_session as
  select coalesce(max(asked), 0) as asked, coalesce(max(started), 0) as started, coalesce(max(asked_spread_s), 0) as asked_spread_s,
    coalesce(max(peak_starts_per_second), 0) as peak_starts_per_second
  from drill_figures where asked_at > (select backend_start from pg_stat_activity where pid = pg_backend_pid());

grant select on all tables in schema public to reader, monitor, writer;
grant update on heartbeat, video, channel, job_run to writer;
grant insert, delete on job_run to writer;
