import type { Subscription } from "../api/shapes";
import type { Tone } from "../parts/badge";
import { plural } from "../parts/texts";

export interface Condition {
  state: string;
  tone: Tone;
  /** What there is to know, in words; empty where all is well. */
  told: string;
}

/** How a subscription stands: the worst that can be said of it. */
export function condition_of(one: Subscription): Condition {
  const said: string[] = [];
  if (one.dead > 0) said.push(plural(one.dead, "dead letter"));
  if (one.retrying > 0) said.push(`${one.retrying} retrying`);
  if (one.parked > 0) said.push(`${one.parked} parked`);
  if (one.overdue > 0) said.push(`${one.overdue} overdue`);
  const told = said.join(", ");
  if (one.paused) return { state: "paused", tone: "warn", told };
  if (one.dead > 0) return { state: "dead", tone: "bad", told };
  if (one.held) return { state: "held", tone: "bad", told: told || "the other side is away" };
  if (one.retrying > 0) return { state: "retrying", tone: "bad", told };
  if (one.rebuild) return { state: "rebuilding", tone: "busy", told };
  return { state: "running", tone: "good", told };
}
