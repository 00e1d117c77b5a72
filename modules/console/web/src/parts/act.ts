import { useRef, useState } from "preact/hooks";
import { notify_done, notify_failed } from "../state/notices";

export interface Act {
  busy: boolean;
  error: unknown;
  run: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** One thing at a time that the node is asked to do, with what came of it. */
export function useAct(): Act {
  const [busy, set_busy] = useState(false);
  const [error, set_error] = useState<unknown>(undefined);
  const running = useRef(false);
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    set_busy(true);
    set_error(undefined);
    try {
      await work();
      return true;
    } catch (failure) {
      set_error(failure);
      return false;
    } finally {
      running.current = false;
      set_busy(false);
    }
  };
  return { busy, error, run };
}

/** For an act without a place of its own for what came of it. */
export async function act_and_notify(work: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await work();
    notify_done(done);
    return true;
  } catch (failure) {
    notify_failed(failure);
    return false;
  }
}
