import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, get, json } from "../api/client";
import { message_of } from "../api/problem";
import type { Trial, Webhook } from "../api/shapes";
import { act_and_notify, useAct } from "../parts/act";
import { Badge } from "../parts/badge";
import { Confirmation } from "../parts/confirmation";
import { Facts, PageHead, Trouble } from "../parts/page";
import { count, duration, plural } from "../parts/texts";
import { Time } from "../parts/time";
import { notify_done } from "../state/notices";
import { go, link_to } from "../state/place";
import { usePolled } from "../state/polling";
import { Deliveries } from "./deliveries";
import { SecretDialog } from "./register_webhook";
import { health_of } from "./webhooks_view";

function TrialResult({ trial }: { trial: Trial }): JSX.Element {
  return (
    <p class={trial.delivered ? "success" : "trouble"} role="status">
      {trial.delivered ? "The endpoint took it" : "The endpoint did not take it"}: {trial.error ?? `status ${trial.status}`}
      , after {duration(trial.durationMs)}.
    </p>
  );
}

type Question = "disable" | "rotate" | "remove";

interface Props {
  webhook: Webhook;
  path: string;
  again: () => void;
}

function Actions({ webhook, path, again }: Props): JSX.Element {
  const [asked, ask_for] = useState<Question | undefined>(undefined);
  const [trial, show_trial] = useState<Trial | undefined>(undefined);
  const [secret, show_secret] = useState("");
  const { busy, error, run } = useAct();
  const close = (): void => ask_for(undefined);
  const try_it = (): Promise<boolean> =>
    run(async () => {
      show_trial(undefined);
      show_trial(await json<Trial>("POST", `${path}/test`, { timeout_ms: 40_000 }));
    });
  const set_state = async (state: Webhook["state"]): Promise<void> => {
    await ask("PATCH", path, { body: { state } });
    notify_done(`The webhook is ${state}.`);
    again();
  };
  const resend_failed = async (): Promise<void> => {
    const resend = async (): Promise<void> => {
      const { resent } = await json<{ resent: number }>("POST", `${path}/resend-failed`);
      notify_done(`${plural(resent, "delivery", "deliveries")} sent again.`);
    };
    await run(resend);
    again();
  };
  const rotate = async (): Promise<void> => {
    const rotated = await json<Webhook>("POST", `${path}/rotate-secret`);
    show_secret(rotated.secret ?? "");
  };
  const remove = async (): Promise<void> => {
    await ask("DELETE", path);
    notify_done("The webhook is removed.");
    go("webhooks");
  };
  const enable = (): Promise<boolean> => act_and_notify(() => set_state("enabled"), "What waits is sent.");
  return (
    <>
      <div class="actions">
        <button type="button" disabled={busy} onClick={() => void try_it()}>
          {busy ? "Asking…" : "Send a test"}
        </button>
        <button type="button" disabled={busy || webhook.state === "disabled"} onClick={() => void resend_failed()}>
          Send failed ones again
        </button>
        {webhook.state === "enabled" ? (
          <button type="button" onClick={() => ask_for("disable")}>
            Disable…
          </button>
        ) : (
          <button type="button" onClick={() => void enable()}>
            Enable
          </button>
        )}
        <button type="button" onClick={() => ask_for("rotate")}>
          New secret…
        </button>
        <button type="button" class="danger" onClick={() => ask_for("remove")}>
          Remove…
        </button>
      </div>
      {trial && <TrialResult trial={trial} />}
      {error !== undefined && (
        <p class="trouble" role="alert">
          {message_of(error)}
        </p>
      )}
      {asked === "disable" && (
        <Confirmation title="Disable this webhook?" verb="Disable" dangerous close={close} act={() => set_state("disabled")}>
          <p>What happens until it is enabled again is not sent to it, also not later. What waits already waits on.</p>
        </Confirmation>
      )}
      {asked === "rotate" && (
        <Confirmation title="Make a new secret?" verb="Make a new secret" close={close} act={rotate}>
          <p>The old one signs as well for a while, so that the receiver can change over.</p>
        </Confirmation>
      )}
      {asked === "remove" && (
        <Confirmation title="Remove this webhook?" verb="Remove" dangerous close={close} act={remove}>
          <p>
            {webhook.url} is sent nothing more, and the record of what was sent to it goes with it. This cannot be
            undone.
          </p>
        </Confirmation>
      )}
      {secret && <SecretDialog secret={secret} close={() => show_secret("")} />}
    </>
  );
}

export function WebhookView({ id }: { id: string }): JSX.Element {
  const path = `/v1/webhooks/${encodeURIComponent(id)}`;
  const { value, problem, again } = usePolled((signal) => get<Webhook>(path, {}, signal), [path], 3000);
  return (
    <>
      <PageHead title="Webhook">
        <a href={link_to("webhooks")}>All webhooks</a>
      </PageHead>
      <Trouble problem={problem} />
      {value && (
        <>
          <h2 class="subject">{value.url}</h2>
          <Actions webhook={value} path={path} again={again} />
          <Facts
            facts={[
              ["State", <Badge state={value.state} />],
              ["Health", health_of(value)],
              ["Events", value.kinds.join(", ") || "all"],
              ["Description", value.description || "–"],
              ["Waiting", count(value.waiting ?? 0)],
              ["Registered", <Time at={value.createdAt} />],
              ["Old secret until", <Time at={value.previousSecretUntil} />],
            ]}
          />
          <h2>Deliveries</h2>
          <Deliveries webhook_id={id} />
        </>
      )}
    </>
  );
}
