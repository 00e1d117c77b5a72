import { node_answered, node_did_not_answer } from "../state/connection";
import { headers_with_key, path_with, problem_of, type Query } from "./client";
import { NoAnswer, Problem } from "./problem";

export interface StreamedEvent {
  seq: number;
  kind: string;
  /** The CloudEvent, not yet parsed: most are never looked at. */
  text: string;
}

/** A position in the log, and the life of the log that it is of: empty where the node gives none. */
export interface Place {
  life: string;
  seq: number;
}

export interface Listener {
  /**
   * The stream is open and continues after this position of the log. `is_restored`: not after the one that
   * was asked for, for the log was restored from a backup since.
   */
  opened?: (place: Place, is_restored: boolean) => void;
  /** Some events, in log order. */
  subscribed_kinds: (events: StreamedEvent[]) => void;
}

const greeting = /^: the log from place (\d+) on/;
const frame_chars_max = 4_000_000;
/** The node sends a sign of life every 15 s where there is nothing else to send. */
const silence_ms_max = 40_000;

/** Reads the frames of server-sent events (WHATWG HTML, 9.2.6) as this node writes them. */
export class FrameReader {
  #rest = "";

  readonly #listener: Pick<Listener, "opened">;
  readonly #life: string;

  /** `life` is that of the log which is read. */
  constructor(listener: Pick<Listener, "opened">, life: string) {
    this.#listener = listener;
    this.#life = life;
  }

  take(chunk: string): StreamedEvent[] {
    const text = this.#rest + chunk;
    const events: StreamedEvent[] = [];
    let from = 0;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n", from)) {
      this.#read(text.slice(from, end), events);
      from = end + 2;
    }
    this.#rest = text.slice(from);
    if (this.#rest.length > frame_chars_max) throw new Error("An event of the stream is too long.");
    return events;
  }

  #read(frame: string, events: StreamedEvent[]): void {
    const opened = greeting.exec(frame);
    let seq = -1;
    let kind = "";
    let data = "";
    for (const line of frame.split("\n")) {
      if (line.startsWith("id: ")) seq = Number(line.slice(4).split(".").at(-1));
      else if (line.startsWith("event: ")) kind = line.slice(7);
      else if (line.startsWith("data: ")) data += line.slice(6);
    }
    const is_restored = kind === "log.restored";
    if (opened) this.#listener.opened?.({ life: this.#life, seq: Number(opened[1]) }, is_restored);
    if (seq >= 0 && data && !is_restored) events.push({ seq, kind, text: data });
  }
}

/** Aborts when nothing came for too long. */
class Patience {
  readonly #silent = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  begin_anew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#silent.abort(), silence_ms_max);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  get signal(): AbortSignal {
    return this.#silent.signal;
  }
}

interface OpenStream {
  body: ReadableStream;
  life: string;
}

async function open_stream(query: Query, after: Place | undefined, signal: AbortSignal): Promise<OpenStream> {
  const headers = headers_with_key({ Accept: "text/event-stream" });
  if (after !== undefined) headers["Last-Event-ID"] = after.life ? `${after.life}.${after.seq}` : String(after.seq);
  const path = path_with("/v1/events/stream", query);
  const response = await fetch(path, { headers, signal, cache: "no-store", credentials: "omit" });
  node_answered();
  if (!response.ok || !response.body) throw await problem_of(response);
  return { body: response.body, life: response.headers.get("Orderflow-Log-Life") ?? "" };
}

/**
 * Listens to the live stream until `signal` ends it or the connection breaks. `after` is the place to
 * continue from; without it the stream begins with what comes next. The key travels in a header, which
 * the browser's own EventSource cannot send. Always throws: `Problem`, `NoAnswer`, or the reason of
 * `signal`.
 */
export async function listen(
  query: Query,
  after: Place | undefined,
  listener: Listener,
  signal: AbortSignal,
): Promise<never> {
  const patience = new Patience();
  patience.begin_anew();
  try {
    const { body, life } = await open_stream(query, after, AbortSignal.any([signal, patience.signal]));
    const frames = new FrameReader(listener, life);
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new NoAnswer();
      patience.begin_anew();
      const events = frames.take(value);
      if (events.length > 0) listener.subscribed_kinds(events);
    }
  } catch (error) {
    if (signal.aborted || error instanceof Problem) throw error;
    node_did_not_answer();
    throw new NoAnswer();
  } finally {
    patience.end();
  }
}
