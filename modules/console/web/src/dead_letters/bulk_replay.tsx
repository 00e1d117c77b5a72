import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { get, json } from "../api/client";
import { message_of } from "../api/problem";
import type { BulkReplay } from "../api/shapes";
import { useAct } from "../parts/act";
import { Dialog } from "../parts/dialog";
import { Progress } from "../parts/progress";
import { plural } from "../parts/texts";
import { usePolled } from "../state/polling";

const progress_pause_ms = 500;
/** The interface takes no longer texts to search errors for. */
const error_bytes_max = 500;

/** The longest beginning of a text that has so many bytes, whole characters only. */
function beginning(text: string): string {
  let kept = "";
  let bytes = 0;
  for (const letter of text) {
    bytes += new TextEncoder().encode(letter).length;
    if (bytes > error_bytes_max) break;
    kept += letter;
  }
  return kept;
}

export interface Wanted {
  subscription: string;
  error: string;
  /** As far as it is known. */
  letters: number;
}

function Run({ id, close }: { id: string; close: () => void }): JSX.Element {
  const { value: run } = usePolled(
    (signal) => get<BulkReplay>(`/v1/admin/replays/${encodeURIComponent(id)}`, {}, signal),
    [id],
    progress_pause_ms,
  );
  const is_done = run?.state === "finished";
  return (
    <>
      <div class="prose" aria-live="polite">
        {!run && <p>Beginning…</p>}
        {run && <Progress done={run.replayed} total={run.matched} label="Replayed letters" />}
        {is_done && (
          <p>
            {plural(run.replayed, "letter")} replayed. What fails again is listed here again; it is not replayed twice in
            the same run.
          </p>
        )}
        {run && !is_done && <p>The run continues also when you close this.</p>}
      </div>
      <footer>
        <button type="button" class={is_done ? "primary" : ""} onClick={close}>
          Close
        </button>
      </footer>
    </>
  );
}

/** Replays all dead letters of a group, and shows how far that is. */
export function BulkReplayDialog({ wanted, close }: { wanted: Wanted; close: () => void }): JSX.Element {
  const [run_id, begin] = useState("");
  const { busy, error, run } = useAct();
  const start = (): Promise<boolean> =>
    run(async () => {
      const filter: Record<string, string> = {};
      if (wanted.subscription) filter["subscription"] = wanted.subscription;
      if (wanted.error) filter["error"] = beginning(wanted.error);
      const begun = await json<BulkReplay>("POST", "/v1/admin/dead-letters/replay", { body: filter });
      begin(begun.id);
    });
  return (
    <Dialog title="Replay these dead letters?" close={close}>
      {run_id ? (
        <Run id={run_id} close={close} />
      ) : (
        <>
          <div class="prose">
            <p>
              {plural(wanted.letters, "event")} or more {wanted.subscription ? `of ${wanted.subscription} ` : ""}will be
              tried again, with as many attempts as a new one. Events that are parked behind continue in their order.
            </p>
            {wanted.error && <p class="quoted">{wanted.error}</p>}
            {error !== undefined && (
              <p class="trouble" role="alert">
                {message_of(error)}
              </p>
            )}
          </div>
          <footer>
            <button type="button" onClick={close}>
              Keep as it is
            </button>
            <button type="button" class="primary" disabled={busy} onClick={() => void start()}>
              Replay all
            </button>
          </footer>
        </>
      )}
    </Dialog>
  );
}
