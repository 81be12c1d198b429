/**
 * The journal's writer: stamps events, takes secrets out, hands them to listeners (the live view, the room) and appends
 * them to `journal.ndjson`. An intent goes through `appendSynced`: it is on disk before the act, or there is no act.
 */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, FiredrillError } from '../failure.ts';
import { diskError } from './disk-error.ts';
import { isEvent } from './event-shape.ts';
import type { Event, EventBody } from './events.ts';
import { LineFile } from './line-file.ts';
import { JOURNAL_FILE, parseJournal, readJournal } from './reader.ts';
import { redactText, redactValue } from './redact.ts';

/** `monotonicMs` never goes back; `wallMs` counts from 1970. */
export interface JournalClock {
  monotonicMs(): number;
  wallMs(): number;
}

export const systemClock: JournalClock = { monotonicMs: () => performance.now(), wallMs: () => Date.now() };

export interface JournalOptions {
  /** Values that are written nowhere: `***` stands in their place. */
  readonly secrets?: readonly string[];
  /** How long a synced event may take to reach the disk; default SYNC_MS_MAX. */
  readonly syncLimitMs?: number;
}

/** A disk that has not confirmed an intent by then is taken for one that cannot be written to: no act waits for it. */
export const SYNC_MS_MAX = 10_000;

export interface Journal {
  readonly path: string;
  /** Stamps and queues; written within milliseconds, in order. The event comes back as written. */
  append(body: EventBody): Event;
  /** Resolves once it is on disk. Rejects with FiredrillError `disk-full` or `journal-unwritable` (exit 7). */
  appendSynced(body: EventBody): Promise<Event>;
  /** Milliseconds from the run's start on the monotonic clock. */
  atMs(): number;
  /** Hears every event from here on, in the journal's order, at once (a synced one may not be on disk yet). Returns how to stop hearing. */
  onEvent(listener: (event: Event) => void): () => void;
  /** Hears of writes that failed, and must not append; what was appended waits and is tried again with the next. Returns how to stop hearing. */
  onFailure(listener: (error: FiredrillError) => void): () => void;
  /** Writes what waits and closes. Rejects where events could not be written. */
  close(): Promise<void>;
}

/** Starts a journal in a run's folder; its clock starts at 0. Refuses a folder that has one already. */
export async function openJournal(directory: string, clock: JournalClock = systemClock, options: JournalOptions = {}): Promise<Journal> {
  const path = join(directory, JOURNAL_FILE);
  const failures = new Set<(error: FiredrillError) => void>();
  try {
    const file = await LineFile.open(path, { onFailure: (error) => tell(failures, error) });
    if (file.sizeBytes > 0) {
      await file.close();
      throw new FiredrillError('journal-exists', `${path} is another run's journal already`, { exitCode: EXIT.bug });
    }
    await syncDirectory(directory);
    return makeJournal(file, failures, clock, clock.monotonicMs(), options);
  } catch (cause) {
    throw diskError(path, cause);
  }
}

/**
 * Goes on with the journal of a run whose runner died, for what `sweep` adds. A cut-off last line is taken away. Times go on
 * from the run's start by the wall clock, and never before the last event.
 */
export async function reopenJournal(directory: string, clock: JournalClock = systemClock, options: JournalOptions = {}): Promise<Journal> {
  const path = join(directory, JOURNAL_FILE);
  const failures = new Set<(error: FiredrillError) => void>();
  const { events } = await readJournal(path);
  // The last event tells best when the run's clock began: what happens before the load starts is stamped 0.
  const last = events.at(-1);
  const sinceStartMs = last ? clock.wallMs() - Date.parse(last.wall) + last.atMs : 0;
  const atMs = events.reduce((latest, event) => Math.max(latest, event.atMs), sinceStartMs);
  try {
    const bytes = await readFile(path);
    const lineEnd = bytes.lastIndexOf('\n') + 1;
    const { cutOff } = parseJournal(bytes.subarray(lineEnd).toString('utf8'));
    const file = await LineFile.open(path, { keepBytes: cutOff ? lineEnd : bytes.length, onFailure: (error) => tell(failures, error) });
    if (!cutOff && lineEnd < bytes.length) file.write('');
    return makeJournal(file, failures, clock, clock.monotonicMs() - atMs, options);
  } catch (cause) {
    throw diskError(path, cause);
  }
}

function makeJournal(
  file: LineFile,
  failures: Set<(error: FiredrillError) => void>,
  clock: JournalClock,
  startMs: number,
  { secrets = [], syncLimitMs = SYNC_MS_MAX }: JournalOptions,
): Journal {
  const listeners = new Set<(event: Event) => void>();
  const redact = secrets.some((secret) => secret !== '') ? redactText(secrets) : undefined;
  const atMs = () => Math.round((clock.monotonicMs() - startMs) * 1000) / 1000;
  let closed = false;

  const stamp = (body: EventBody): Event => {
    if (closed) throw new FiredrillError('journal-closed', `a ${body.type} came after the journal was closed`, { exitCode: EXIT.bug });
    const time = { atMs: atMs(), wall: new Date(clock.wallMs()).toISOString() };
    if (!redact) return { ...body, ...time };
    const redacted = { ...Object(redactValue(body, redact)), type: body.type, ...time };
    if (isEvent(redacted)) return redacted;
    throw new FiredrillError('journal-shape', `a ${body.type} lost its shape when secrets were taken out`, { exitCode: EXIT.bug });
  };

  const append = (body: EventBody): Event => {
    const event = stamp(body);
    file.write(JSON.stringify(event));
    announce(event);
    return event;
  };

  /** A listener that throws is let go, and said so, once: a bug in a view must not cost the run its journal. */
  const announce = (event: Event): void => {
    for (const listener of [...listeners]) {
      try {
        listener(event);
      } catch (error) {
        listeners.delete(listener);
        append({ type: 'note', level: 'error', text: `a listener of the journal failed and is no longer told: ${String(error)}` });
      }
    }
  };

  return {
    path: file.path,
    append,
    async appendSynced(body) {
      const event = stamp(body);
      const written = file.writeSynced(JSON.stringify(event));
      announce(event);
      await confirmed(written, file.path, syncLimitMs);
      return event;
    },
    atMs,
    onEvent: (listener) => listen(listeners, listener),
    onFailure: (listener) => listen(failures, listener),
    async close() {
      if (closed) return;
      closed = true;
      await file.close();
    },
  };
}

/** Settles as `written` does, or rejects at the limit; the event may then still reach the disk, which `sweep` can bear. */
async function confirmed(written: Promise<void>, path: string, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new FiredrillError('journal-unwritable', `the disk under ${path} did not confirm an event within ${limitMs} ms`, {
      hint: 'Look after the disk, or keep the runs on another one.',
      exitCode: EXIT.groundUnfit,
    });
    timer = setTimeout(reject, limitMs, error);
  });
  try {
    await Promise.race([written, late]);
  } finally {
    clearTimeout(timer);
  }
}

function listen<Item>(listeners: Set<(item: Item) => void>, listener: (item: Item) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell<Item>(listeners: ReadonlySet<(item: Item) => void>, item: Item): void {
  for (const listener of listeners) listener(item);
}

/** Makes the file's own entry in its folder durable. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
