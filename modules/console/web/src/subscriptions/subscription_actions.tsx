import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask } from "../api/client";
import type { Subscription } from "../api/shapes";
import { act_and_notify } from "../parts/act";
import { Confirmation } from "../parts/confirmation";
import { notify_done } from "../state/notices";

interface Props {
  subscription: Subscription;
  again: () => void;
}

export function SubscriptionActions({ subscription, again }: Props): JSX.Element {
  const [asked, ask_for] = useState<"pause" | "rebuild" | undefined>(undefined);
  const { name } = subscription;
  const path = `/v1/admin/subscriptions/${encodeURIComponent(name)}`;
  const close = (): void => ask_for(undefined);
  const resume = async (): Promise<void> => {
    await act_and_notify(() => ask("POST", `${path}/resume`), `${name} continues.`);
    again();
  };
  const pause = async (): Promise<void> => {
    await ask("POST", `${path}/pause`);
    notify_done(`${name} is paused.`);
    again();
  };
  const rebuild = async (): Promise<void> => {
    await ask("POST", `${path}/rebuild`);
    notify_done(`${name} is being rebuilt.`);
    again();
  };
  return (
    <span class="actions">
      {subscription.paused ? (
        <button type="button" class="small" aria-label={`Resume ${name}`} onClick={() => void resume()}>
          Resume
        </button>
      ) : (
        <button type="button" class="small" aria-label={`Pause ${name}`} onClick={() => ask_for("pause")}>
          Pause…
        </button>
      )}
      {subscription.canRebuild && (
        <button
          type="button"
          class="small"
          aria-label={`Rebuild ${name}`}
          disabled={subscription.rebuild !== null}
          onClick={() => ask_for("rebuild")}
        >
          Rebuild…
        </button>
      )}
      {asked === "pause" && (
        <Confirmation title={`Pause ${name}?`} verb="Pause" close={close} act={pause}>
          <p>
            It takes no more events until somebody resumes it, also after a restart. Events wait in the log and nothing
            is lost, but orders do not continue past it.
          </p>
        </Confirmation>
      )}
      {asked === "rebuild" && (
        <Confirmation title={`Rebuild ${name}?`} verb="Rebuild" close={close} act={rebuild}>
          <p>
            Its rows are made again from the whole log, beside those that are there, and replace them in one commit.
            Until then the old ones are shown.
          </p>
        </Confirmation>
      )}
    </span>
  );
}
