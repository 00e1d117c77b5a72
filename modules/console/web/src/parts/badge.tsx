import type { JSX } from "preact";

export type Tone = "good" | "bad" | "warn" | "busy" | "plain";

const tones: Record<string, Tone> = {
  PROCESSED: "good",
  CAPTURED: "good",
  sent: "good",
  delivered: "good",
  enabled: "good",
  running: "good",
  finished: "good",
  MADE: "good",
  PENDING: "busy",
  REFUNDING: "busy",
  retrying: "warn",
  due: "busy",
  parked: "warn",
  paused: "warn",
  held: "warn",
  rebuilding: "busy",
  CANCELED_FRAUD: "bad",
  PAYMENT_DECLINED: "bad",
  DECLINED: "bad",
  dead: "bad",
  failed: "bad",
  disabled: "bad",
};

/** A state in a word. Its colour repeats the word. */
export function Badge({ state, tone }: { state: string; tone?: Tone }): JSX.Element {
  return <span class={`badge ${tone ?? tones[state] ?? "plain"}`}>{state.replaceAll("_", " ")}</span>;
}
