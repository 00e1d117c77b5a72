import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { get } from "../api/client";
import type { Webhook } from "../api/shapes";
import { Badge } from "../parts/badge";
import { Empty, PageHead, Scroll, Trouble } from "../parts/page";
import { Pager, usePages } from "../parts/pager";
import { plural } from "../parts/texts";
import { Time } from "../parts/time";
import { link_to } from "../state/place";
import { usePolled } from "../state/polling";
import { RegisterWebhook, SecretDialog } from "./register_webhook";

interface WebhookPage {
  webhooks: Webhook[];
  next: string | null;
}

export function health_of(webhook: Webhook): JSX.Element {
  if (webhook.state === "disabled") {
    return <span class="quiet">{webhook.disabledBecause ?? "disabled by hand"}</span>;
  }
  if (webhook.failuresInARow === 0) return <span>no failures</span>;
  return (
    <span>
      {plural(webhook.failuresInARow, "failure")} in a row since <Time at={webhook.failingSince} />
    </span>
  );
}

export function WebhooksView(): JSX.Element {
  const [registering, register] = useState(false);
  const [secret, show_secret] = useState("");
  const pages = usePages();
  const { value, problem, again } = usePolled(
    (signal) => get<WebhookPage>("/v1/webhooks", { limit: 50, after: pages.after }, signal),
    [pages.after],
    5000,
  );
  return (
    <>
      <PageHead title="Webhooks">
        <button type="button" class="primary" onClick={() => register(true)}>
          Register a webhook
        </button>
      </PageHead>
      <Trouble problem={problem} />
      {value && value.webhooks.length > 0 && (
        <Scroll label="Webhooks">
          <table>
            <thead>
              <tr>
                <th>Endpoint</th>
                <th>State</th>
                <th>Health</th>
                <th>Events</th>
                <th>Description</th>
              </tr>
            </thead>
            <tbody>
              {value.webhooks.map((one) => (
                <tr key={one.id}>
                  <td class="text">
                    <a href={link_to("webhooks", one.id)}>{one.url}</a>
                  </td>
                  <td>
                    <Badge state={one.state} />
                  </td>
                  <td>{health_of(one)}</td>
                  <td class="text">{one.kinds.join(", ") || "all"}</td>
                  <td class="text">{one.description}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {value?.webhooks.length === 0 && (
        <Empty title="No webhook is registered">
          <p>A webhook is an address of yours, or of a partner, that is notified of what happens to orders.</p>
        </Empty>
      )}
      <Pager pages={pages} next={value?.next} />
      {registering && (
        <RegisterWebhook
          close={() => register(false)}
          registered={(webhook) => {
            register(false);
            show_secret(webhook.secret ?? "");
            again();
          }}
        />
      )}
      {secret && <SecretDialog secret={secret} close={() => show_secret("")} />}
    </>
  );
}
