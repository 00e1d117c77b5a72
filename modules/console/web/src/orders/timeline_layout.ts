import type { Timeline, TimelineAttempt, TimelineDelivery, TimelineEvent } from "../api/shapes";
import { precise_ms } from "../parts/texts";

// Where the timeline of an order has its parts. A swimlane is a module; in it stands what the module published,
// as points, and below them what its subscriptions tried in vain, as bars. Times are to scale.

export const lane_label_width = 104;
export const row_height = 26;
export const track_height = 36;
const lane_padding = 8;
const letter_width = 6.7;
const point_room = 16;
const end_room = 24;

export interface Point {
  event: TimelineEvent;
  x: number;
  y: number;
  label_before: boolean;
}

export interface Bar {
  from: number;
  to: number;
  failed: boolean;
  label: string;
}

export interface Track {
  subscription: string;
  seq: number;
  y: number;
  bars: Bar[];
  /** From the last attempt to the next one, or to where it stands. */
  wait: { from: number; to: number; state: string } | undefined;
  label: string;
  label_x: number;
  label_before: boolean;
}

export interface Lane {
  module: string;
  y: number;
  height: number;
  points: Point[];
  tracks: Track[];
}

export interface TimelineLayout {
  lanes: Lane[];
  arrows: { from: Point; to: Point }[];
  width: number;
  height: number;
  ticks: { x: number; after_ms: number }[];
  begin_ms: number;
}

const module_of = (origin: string): string => origin.slice(origin.lastIndexOf("/") + 1);
const owner_of = (subscription: string): string => subscription.split(".")[0] ?? subscription;
const width_of = (text: string): number => text.length * letter_width + 10;

/** A track has its words above its bars. */
export const track_text_y = 13;
export const track_bars_y = 26;

interface Scale {
  begin_ms: number;
  x: (ms: number) => number;
  width: number;
}

function moments_of(timeline: Timeline): number[] {
  return [
    ...timeline.events.map((event) => precise_ms(event.occurredAt)),
    ...timeline.attempts.flatMap((one) => {
      const start = precise_ms(one.startedAt);
      return [start, start + one.durationUs / 1000];
    }),
    ...timeline.deliveries.flatMap((one) => [
      precise_ms(one.since),
      ...(one.nextAttemptAt ? [precise_ms(one.nextAttemptAt)] : []),
    ]),
  ];
}

function scale_of(timeline: Timeline, width: number): Scale {
  const moments = moments_of(timeline);
  const begin_ms = Math.min(...moments);
  const span_ms = Math.max(Math.max(...moments) - begin_ms, 0.5);
  const first = lane_label_width + point_room;
  const room = width - first - end_room;
  return { begin_ms, width, x: (ms) => first + ((ms - begin_ms) / span_ms) * room };
}

/** Puts labels that would overlap under each other. */
class Rows {
  readonly #ends: number[] = [];

  take(from: number, to: number): number {
    let row = this.#ends.findIndex((end) => end < from);
    if (row < 0) row = this.#ends.length;
    this.#ends[row] = to + 6;
    return row;
  }

  get count(): number {
    return this.#ends.length;
  }
}

function points_of(events: TimelineEvent[], scale: Scale, top: number, rows: Rows): Point[] {
  return events.map((event) => {
    const x = scale.x(precise_ms(event.occurredAt));
    const label = width_of(event.kind) + 8;
    const label_before = x + label > scale.width && x - label > lane_label_width;
    const row = label_before ? rows.take(x - label, x + 8) : rows.take(x - 8, x + label);
    return { event, x, y: top + lane_padding + (row + 0.5) * row_height, label_before };
  });
}

function standing_of(delivery: TimelineDelivery | undefined, attempts: TimelineAttempt[]): string {
  if (!delivery) return attempts.at(-1)?.error ? "" : `succeeded at attempt ${attempts.at(-1)?.attempt ?? 1}`;
  if (delivery.state === "parked") return "parked behind an earlier event";
  return `${delivery.state} after ${delivery.attempts} ${delivery.attempts === 1 ? "attempt" : "attempts"}`;
}

function track_of(
  subscription: string,
  seq: number,
  timeline: Timeline,
  scale: Scale,
  y: number,
): Track {
  const belongs = (one: { subscription: string; seq: number }): boolean =>
    one.subscription === subscription && one.seq === seq;
  const attempts = timeline.attempts.filter(belongs);
  const delivery = timeline.deliveries.find(belongs);
  const bars = attempts.map((one) => {
    const start = precise_ms(one.startedAt);
    const from = scale.x(start);
    const to = Math.max(scale.x(start + one.durationUs / 1000), from + 3);
    const outcome = one.error ?? "succeeded";
    return { from, to, failed: one.error !== null, label: `Attempt ${one.attempt}: ${outcome}` };
  });
  const since = delivery ? scale.x(precise_ms(delivery.since)) : scale.width;
  const first = bars[0]?.from ?? since;
  const last = bars.at(-1)?.to ?? since;
  const next = delivery?.nextAttemptAt ? scale.x(precise_ms(delivery.nextAttemptAt)) : last;
  const wait = { from: first, to: Math.max(last, next), state: delivery?.state ?? "done" };
  const state = standing_of(delivery, attempts);
  const label = state ? `${subscription}: ${state}` : subscription;
  const label_before = first + width_of(label) > scale.width;
  return { subscription, seq, y, bars, wait, label, label_x: label_before ? wait.to : first, label_before };
}

function tracks_wanted(timeline: Timeline): { subscription: string; seq: number }[] {
  const wanted = new Map<string, { subscription: string; seq: number }>();
  for (const { subscription, seq } of [...timeline.attempts, ...timeline.deliveries]) {
    wanted.set(`${subscription} ${seq}`, { subscription, seq });
  }
  return [...wanted.values()].sort((a, b) => a.seq - b.seq);
}

const ticks_max = 400;
const nice_steps = [1, 2, 5];

function ticks_of(scale: Scale): TimelineLayout["ticks"] {
  const ms_of_pixel = 1 / Math.max(scale.x(scale.begin_ms + 1) - scale.x(scale.begin_ms), 1e-12);
  const wanted_ms = ms_of_pixel * Math.max(110, scale.width / ticks_max);
  const power = 10 ** Math.floor(Math.log10(wanted_ms));
  const step = power * (nice_steps.find((one) => one * power >= wanted_ms) ?? 10);
  const ticks: TimelineLayout["ticks"] = [];
  for (let after_ms = 0; ticks.length <= ticks_max; after_ms += step) {
    const x = scale.x(scale.begin_ms + after_ms);
    if (x > scale.width - end_room + 1) break;
    ticks.push({ x, after_ms });
  }
  return ticks;
}

/** `timeline` has at least one event. */
export function lay_out_timeline(timeline: Timeline, width: number): TimelineLayout {
  const scale = scale_of(timeline, width);
  const wanted = tracks_wanted(timeline);
  const modules = new Set([
    ...timeline.events.map((event) => module_of(event.origin)),
    ...wanted.map((one) => owner_of(one.subscription)),
  ]);
  const lanes: Lane[] = [];
  let y = 24;
  for (const module of modules) {
    const rows = new Rows();
    const published = timeline.events.filter((event) => module_of(event.origin) === module);
    const points = points_of(published, scale, y, rows);
    let next = y + lane_padding + rows.count * row_height;
    const tracks = wanted
      .filter((one) => owner_of(one.subscription) === module)
      .map((one) => {
        const track = track_of(one.subscription, one.seq, timeline, scale, next);
        next += track_height;
        return track;
      });
    lanes.push({ module, y, height: next + lane_padding - y, points, tracks });
    y = next + lane_padding;
  }
  const by_id = new Map(lanes.flatMap((lane) => lane.points).map((point) => [point.event.id, point]));
  const arrows = [...by_id.values()].flatMap((to) => {
    const from = to.event.causationId ? by_id.get(to.event.causationId) : undefined;
    return from ? [{ from, to }] : [];
  });
  return { lanes, arrows, width, height: y + 4, ticks: ticks_of(scale), begin_ms: scale.begin_ms };
}
