import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, get } from "../api/client";
import { message_of } from "../api/problem";
import type { WebhookDelivery } from "../api/shapes";
import { act_and_notify } from "../parts/act";
import { Badge } from "../parts/badge";
import { Dialog } from "../parts/dialog";
import { JsonView } from "../parts/json_view";
import { Empty, Scroll } from "../parts/page";
import { Pager, usePages } from "../parts/pager";
import { duration, short_id } from "../parts/texts";
import { Time } from "../parts/time";
import { link_to } from "../state/place";
import { usePolled } from "../state/polling";

interface DeliveryPage {
  deliveries: WebhookDelivery[];
  next: string | null;
}

const states = ["due", "parked", "delivered", "failed", "canceled"];

function DeliveryDialog({ path, close }: { path: string; close: () => void }): JSX.Element {
  const { value, problem } = usePolled((signal) => get<WebhookDelivery>(path, {}, signal), [path], 3000);
  return (
    <Dialog title={`Delivery ${value?.sequence ?? ""}`} close={close} wide>
      {problem && <p class="trouble">{message_of(problem)}</p>}
      {value && (
        <>
          <Scroll label="Attempts">
            <table>
              <thead>
                <tr>
                  <th class="number">Attempt</th>
                  <th>Began</th>
                  <th class="number">Took</th>
                  <th class="number">Status</th>
                  <th>Error</th>
                </tr>
              </thead>
              <tbody>
                {(value.history ?? []).map((one) => (
                  <tr key={`${one.number} ${one.startedAt}`}>
                    <td class="number">{one.number}</td>
                    <td>
                      <Time at={one.startedAt} />
                    </td>
                    <td class="number">{duration(one.durationMs)}</td>
                    <td class="number">{one.status ?? "–"}</td>
                    <td class="text">{one.error ?? ""}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          <h3>Body</h3>
          <JsonView value={value.body} label="Body of the delivery" />
        </>
      )}
    </Dialog>
  );
}

function outcome_of(one: WebhookDelivery): string {
  return one.lastError ?? (one.lastStatus === null ? "" : String(one.lastStatus));
}

/** What was and is to be sent to an endpoint. */
export function Deliveries({ webhook_id }: { webhook_id: string }): JSX.Element {
  const [state, narrow] = useState("");
  const [opened, open] = useState("");
  const pages = usePages();
  useEffect(pages.restart, [state]);
  const path = `/v1/webhooks/${encodeURIComponent(webhook_id)}/deliveries`;
  const { value, again } = usePolled(
    (signal) => get<DeliveryPage>(path, { state, limit: 50, after: pages.after }, signal),
    [path, state, pages.after],
    3000,
  );
  const resend = async (sequence: string): Promise<void> => {
    await act_and_notify(() => ask("POST", `${path}/${sequence}/resend`), "It is sent again.");
    again();
  };
  return (
    <>
      <div class="filters">
        <label class="field">
          <span>State</span>
          <select value={state} onChange={(event) => narrow(event.currentTarget.value)}>
            <option value="">Any</option>
            {states.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </div>
      {value?.deliveries.length === 0 && <Empty title="No deliveries" />}
      {value && value.deliveries.length > 0 && (
        <Scroll label="Deliveries">
          <table>
            <thead>
              <tr>
                <th>Event</th>
                <th>Order</th>
                <th>State</th>
                <th class="number">Attempts</th>
                <th>Last answer</th>
                <th>Next attempt</th>
                <th>
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {value.deliveries.map((one) => (
                <tr key={one.sequence}>
                  <td>
                    {one.kind} <span class="quiet">{one.sequence}</span>
                  </td>
                  <td>
                    <a class="id" href={link_to("orders", one.key)} title={one.key}>
                      {short_id(one.key)}
                    </a>
                  </td>
                  <td>
                    <Badge state={one.state} />
                  </td>
                  <td class="number">{one.attempts}</td>
                  <td class="text">{outcome_of(one)}</td>
                  <td>
                    <Time at={one.nextAttemptAt} />
                  </td>
                  <td>
                    <span class="actions">
                      <button
                        type="button"
                        class="small"
                        aria-label={`Look at delivery ${one.sequence}`}
                        onClick={() => open(`${path}/${one.sequence}`)}
                      >
                        Look
                      </button>
                      {one.endedAt && (
                        <button
                          type="button"
                          class="small"
                          aria-label={`Send delivery ${one.sequence} again`}
                          onClick={() => void resend(one.sequence)}
                        >
                          Send again
                        </button>
                      )}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <Pager pages={pages} next={value?.next} />
      {opened && <DeliveryDialog path={opened} close={() => open("")} />}
    </>
  );
}
