import type { Subscription } from "../api/shapes";
import type { Tone } from "../parts/badge";
import { plural } from "../parts/texts";

export interface Condition {
  state: string;
  tone: Tone;
  /** What there is to know, in words; empty where all is well. */
  detail: string;
}

/** How a subscription stands: the worst first. */
export function condition_of(one: Subscription): Condition {
  const parts: string[] = [];
  if (one.dead > 0) parts.push(plural(one.dead, "dead letter"));
  if (one.retrying > 0) parts.push(`${one.retrying} retrying`);
  if (one.parked > 0) parts.push(`${one.parked} parked`);
  if (one.overdue > 0) parts.push(`${one.overdue} overdue`);
  const detail = parts.join(", ");
  if (one.paused) return { state: "paused", tone: "warn", detail };
  if (one.dead > 0) return { state: "dead", tone: "bad", detail };
  if (one.held) return { state: "held", tone: "bad", detail: detail || "the other side is away" };
  if (one.retrying > 0) return { state: "retrying", tone: "bad", detail };
  if (one.rebuild) return { state: "rebuilding", tone: "busy", detail };
  return { state: "running", tone: "good", detail };
}
