import { listen, type Place, type StreamedEvent } from "../api/event_stream";
import { Problem } from "../api/problem";
import type { CloudEvent } from "../api/shapes";
import { Cell } from "../state/cell";
import { connection, on_return } from "../state/connection";

export interface TailFilter {
  kind: string;
  key: string;
}

export type TailRow =
  | ({ type: "event"; event?: CloudEvent } & StreamedEvent)
  /** So many places of the log were passed by unseen. */
  | { type: "gap"; seq: number; missed: number }
  /** The log was restored from a backup: what it holds after this place follows. */
  | { type: "restored"; seq: number };

export interface TailState {
  mode: "live" | "sampled" | "paused";
  /** Oldest first. A new array each time. */
  rows: readonly TailRow[];
  problem: Problem | undefined;
}

const rows_max = 2000;
/** Who reads cannot follow more than this, and a page that tries costs the node as much as an order. */
const events_a_second_max = 300;
const sample_pause_ms = 1000;
const sample_ms = 250;
const sample_events_max = 40;
/** So many quiet samples in a row, and all events are shown again. */
const quiet_samples = 3;

/** Lets bursts through as far as the list is long, and no more than people can follow after that. */
class Allowance {
  #left = rows_max;
  #at = performance.now();

  take(events: number): boolean {
    const now = performance.now();
    const more = ((now - this.#at) / 1000) * events_a_second_max;
    this.#left = Math.min(rows_max, this.#left + more) - events;
    this.#at = now;
    return this.#left > 0;
  }
}

/**
 * The end of the log, live. Events are gathered and shown once a frame. Where they come faster than
 * anybody can read, short looks at the end of the log take the place of the stream.
 */
export class Tail {
  readonly state = new Cell<TailState>({ mode: "live", rows: [], problem: undefined });
  readonly #filter: TailFilter;
  #ending = new AbortController();
  #last: Place | undefined;
  #gathered: TailRow[] = [];
  #frame = 0;

  constructor(filter: TailFilter) {
    this.#filter = filter;
  }

  resume(): void {
    this.#ending.abort();
    this.#ending = new AbortController();
    this.#become("live");
    void this.#run(this.#ending.signal);
  }

  pause(): void {
    this.#ending.abort();
    this.#become("paused");
  }

  /** Nobody looks any more. */
  stop(): void {
    this.#ending.abort();
    cancelAnimationFrame(this.#frame);
  }

  #become(mode: TailState["mode"]): void {
    this.state.set({ ...this.state.get(), mode, problem: undefined });
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await until_connected(signal);
        this.#become("live");
        await this.#follow(signal);
        this.#become("sampled");
        await this.#look_now_and_then(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Problem) {
          this.state.set({ ...this.state.get(), problem: error });
          return;
        }
        await pause(500, signal);
      }
    }
  }

  /** Every event, until they come too fast. */
  async #follow(signal: AbortSignal): Promise<void> {
    const too_fast = new AbortController();
    const allowance = new Allowance();
    const opened = (place: Place, is_restored: boolean): void => {
      if (is_restored) this.#gathered.push({ type: "restored", seq: place.seq });
      this.#last = is_restored || !this.#last ? place : { life: place.life, seq: this.#last.seq };
    };
    const subscribed_kinds = (events: StreamedEvent[]): void => {
      if (!allowance.take(events.length)) too_fast.abort();
      this.#gather(events);
    };
    const either = AbortSignal.any([signal, too_fast.signal]);
    await listen(this.#query(), this.#last, { opened, subscribed_kinds }, either).catch((error: unknown) => {
      if (signal.aborted || !too_fast.signal.aborted) throw error;
    });
  }

  async #look_now_and_then(signal: AbortSignal): Promise<void> {
    for (let quiet = 0; quiet < quiet_samples; ) {
      await pause(sample_pause_ms, signal);
      await until_connected(signal);
      const events = await this.#look(signal);
      quiet = events < (events_a_second_max * sample_ms) / 2000 ? quiet + 1 : 0;
    }
  }

  /** Some events from the log's end on. Returns how many there were in the time of a sample. */
  async #look(signal: AbortSignal): Promise<number> {
    const enough = new AbortController();
    const sample: StreamedEvent[] = [];
    const timer = setTimeout(() => enough.abort(), sample_ms);
    const subscribed_kinds = (events: StreamedEvent[]): void => {
      sample.push(...events);
      if (sample.length >= sample_events_max) enough.abort();
    };
    const opened = (place: Place): void => this.#skip_to(place);
    const either = AbortSignal.any([signal, enough.signal]);
    await listen(this.#query(), undefined, { opened, subscribed_kinds }, either)
      .catch((error: unknown) => {
        if (signal.aborted || !enough.signal.aborted) throw error;
      })
      .finally(() => clearTimeout(timer));
    this.#gather(sample.slice(0, sample_events_max));
    return sample.length;
  }

  #skip_to(place: Place): void {
    const missed = place.seq - (this.#last ?? place).seq;
    if (missed > 0) this.#gathered.push({ type: "gap", seq: place.seq, missed });
    this.#last = place;
  }

  #query(): Record<string, string> {
    return { kind: this.#filter.kind, key: this.#filter.key };
  }

  #gather(events: StreamedEvent[]): void {
    for (const event of events) this.#gathered.push({ type: "event", ...event });
    const last = events.at(-1);
    if (last) this.#last = { life: this.#last?.life ?? "", seq: last.seq };
    if (this.#gathered.length > rows_max) this.#gathered = this.#gathered.slice(-rows_max);
    if (this.#gathered.length > 0 && !this.#frame) this.#frame = requestAnimationFrame(() => this.#show());
  }

  #show(): void {
    this.#frame = 0;
    const rows = [...this.state.get().rows, ...this.#gathered].slice(-rows_max);
    this.#gathered = [];
    this.state.set({ ...this.state.get(), rows });
  }
}

/** The event of a row, parsed when it is first looked at. */
export function event_of(row: TailRow & { type: "event" }): CloudEvent {
  row.event ??= JSON.parse(row.text) as CloudEvent;
  return row.event;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((go_on, fail) => {
    const timer = setTimeout(go_on, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      fail(signal.reason as Error);
    });
  });
}

function until_connected(signal: AbortSignal): Promise<void> {
  if (!connection.get().lost) return Promise.resolve();
  return new Promise((go_on, fail) => {
    const stop = on_return(() => {
      stop();
      go_on();
    });
    signal.addEventListener("abort", () => {
      stop();
      fail(signal.reason as Error);
    });
  });
}
