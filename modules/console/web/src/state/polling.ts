import { useEffect, useRef, useState } from "preact/hooks";
import { NoAnswer, Problem } from "../api/problem";
import { connection, on_return } from "./connection";

/** A node that takes long to answer is asked less often: at most this share of the time. */
const busy_share = 0.25;

/**
 * Runs `work` at once and then again and again, `pause_ms` apart, never twice at a time; not while
 * nobody looks at the page or the connection is lost, and at once when either ends. Returns what
 * ends it.
 */
export function repeat(work: (signal: AbortSignal) => Promise<void>, pause_ms: number): () => void {
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;

  const run = async (): Promise<void> => {
    clearTimeout(timer);
    if (running || ending.signal.aborted) return;
    if (document.hidden || connection.get().lost) return;
    running = true;
    const began = performance.now();
    try {
      await work(ending.signal);
    } finally {
      running = false;
      const took_ms = performance.now() - began;
      if (!ending.signal.aborted) timer = setTimeout(wake, Math.max(pause_ms, took_ms / busy_share));
    }
  };
  const wake = (): void => void run().catch(() => {});
  const seen = (): void => {
    if (!document.hidden) wake();
  };
  const stop_returning = on_return(wake);
  document.addEventListener("visibilitychange", seen);
  wake();
  return () => {
    ending.abort();
    clearTimeout(timer);
    stop_returning();
    document.removeEventListener("visibilitychange", seen);
  };
}

export interface Polled<T> {
  value: T | undefined;
  problem: Problem | undefined;
  /** Asks now instead of waiting. */
  again: () => void;
}

/** What `ask` answers, asked every `pause_ms`; 0: once, and again after a lost connection. */
export function usePolled<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  inputs: readonly unknown[],
  pause_ms: number,
): Polled<T> {
  const [value, show] = useState<T | undefined>(undefined);
  const [problem, blame] = useState<Problem | undefined>(undefined);
  const [round, ask_again] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  const shown_for = useRef<readonly unknown[]>(inputs);

  useEffect(() => {
    const is_other = shown_for.current.some((input, at) => !Object.is(input, inputs[at]));
    if (is_other) show(undefined);
    shown_for.current = inputs;
    const work = async (signal: AbortSignal): Promise<void> => {
      try {
        const answer = await latest.current(signal);
        if (signal.aborted) return;
        show(() => answer);
        blame(undefined);
      } catch (error) {
        if (signal.aborted || error instanceof NoAnswer) return;
        if (error instanceof Problem) blame(error);
        else throw error;
      }
    };
    return repeat(work, pause_ms || 2 ** 31 - 1);
  }, [...inputs, round, pause_ms]);

  return { value, problem, again: () => ask_again((before) => before + 1) };
}
