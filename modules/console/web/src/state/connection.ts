import { Cell } from "./cell";

export interface Connection {
  lost: boolean;
  /** When it was lost, by the clock of this page. */
  since: number;
}

const probe_pause_ms = 1000;
const probe_pause_ms_max = 10_000;

/** Whether the node answers. Every request shows it; while it is lost, a probe asks. */
export const connection = new Cell<Connection>({ lost: false, since: 0 });

let probe: ReturnType<typeof setTimeout> | undefined;

export function node_answered(): void {
  clearTimeout(probe);
  probe = undefined;
  if (connection.get().lost) connection.set({ lost: false, since: 0 });
}

export function node_did_not_answer(): void {
  if (connection.get().lost) return;
  connection.set({ lost: true, since: Date.now() });
  ask_after(probe_pause_ms);
}

function ask_after(pause_ms: number): void {
  probe = setTimeout(() => {
    void fetch("/healthz", { cache: "no-store" }).then(node_answered, () =>
      ask_after(Math.min(pause_ms * 1.5, probe_pause_ms_max)),
    );
  }, pause_ms);
}

/** Runs `again` each time the connection is there again. Returns what ends that. */
export function on_return(again: () => void): () => void {
  let was_lost = connection.get().lost;
  return connection.watch((now) => {
    if (was_lost && !now.lost) again();
    was_lost = now.lost;
  });
}
