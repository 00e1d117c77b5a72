import type { SchemaEntry, Subscription } from "../api/shapes";

// Where the picture of the flow has its parts: on the left what modules publish, on the right who handles
// it. A module that does both stands on both sides, so no arrow has to turn back.

export const left_width = 276;
export const right_x = 640;
export const right_width = 400;
export const picture_width = right_x + right_width;
export const head_height = 30;
export const kind_height = 26;
export const subscription_height = 44;
const gap = 16;

export interface KindSpot {
  kind: string;
  y: number;
}

export interface SubscriptionSpot {
  subscription: Subscription;
  y: number;
}

export interface Box<Spot> {
  module: string;
  y: number;
  height: number;
  spots: Spot[];
}

export interface Arrow {
  kind: string;
  subscription: Subscription;
  from_y: number;
  to_y: number;
}

export interface Layout {
  speakers: Box<KindSpot>[];
  listeners: Box<SubscriptionSpot>[];
  arrows: Arrow[];
  height: number;
}

function grouped<T>(things: readonly T[], group_of: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groups.get(group_of(thing));
    if (group) group.push(thing);
    else groups.set(group_of(thing), [thing]);
  }
  return groups;
}

function boxes<T, Spot>(
  groups: Map<string, T[]>,
  row_height: number,
  spot: (thing: T, middle: number) => Spot,
): Box<Spot>[] {
  let y = 0;
  return [...groups].map(([module, things]) => {
    const top = y + head_height;
    const height = head_height + things.length * row_height + 6;
    const spots = things.map((thing, at) => spot(thing, top + (at + 0.5) * row_height));
    const box = { module, y, height, spots };
    y += height + gap;
    return box;
  });
}

const end_of = (all: Box<unknown>[]): number => {
  const last = all.at(-1);
  return last ? last.y + last.height : 0;
};

function moved_down<Spot extends { y: number }>(all: Box<Spot>[], by: number): Box<Spot>[] {
  return all.map((box) => ({
    ...box,
    y: box.y + by,
    spots: box.spots.map((spot) => ({ ...spot, y: spot.y + by })),
  }));
}

export function lay_out(subscriptions: readonly Subscription[], schemas: readonly SchemaEntry[]): Layout {
  const owner = new Map(schemas.map((schema) => [schema.kind, schema.owner]));
  for (const { kinds = [] } of subscriptions) {
    for (const kind of kinds) if (!owner.has(kind)) owner.set(kind, kind.split(".")[0] ?? kind);
  }
  const order = ["orders", "billing", "notifications", "webhooks", "users"];
  const rank = (module: string): number => (order.indexOf(module) + 1 || order.length + 1) - 1;
  const kinds = [...owner.keys()].sort((a, b) => rank(owner.get(a) ?? "") - rank(owner.get(b) ?? ""));
  let speakers = boxes(grouped(kinds, (kind) => owner.get(kind) ?? ""), kind_height, (kind, y) => ({ kind, y }));
  let listeners = boxes(
    grouped(subscriptions, (one) => one.module),
    subscription_height,
    (subscription, y) => ({ subscription, y }),
  );
  const height = Math.max(end_of(speakers), end_of(listeners));
  speakers = moved_down(speakers, (height - end_of(speakers)) / 2);
  listeners = moved_down(listeners, (height - end_of(listeners)) / 2);

  const from = new Map(speakers.flatMap((box) => box.spots).map((spot) => [spot.kind, spot.y]));
  const arrows = listeners
    .flatMap((box) => box.spots)
    .flatMap(({ subscription, y }) =>
      (subscription.kinds ?? []).map((kind) => ({ kind, subscription, from_y: from.get(kind) ?? 0, to_y: y })),
    );
  return { speakers, listeners, arrows, height };
}
