import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get } from "../api/client";
import type { Notification } from "../api/shapes";
import { is_id } from "../orders/search";
import { Badge } from "../parts/badge";
import { Empty, PageHead, Scroll, Trouble } from "../parts/page";
import { Pager, usePages } from "../parts/pager";
import { short_id } from "../parts/texts";
import { Time } from "../parts/time";
import { useCell } from "../state/cell";
import { link_to, place, refine } from "../state/place";
import { usePolled } from "../state/polling";

interface NotificationPage {
  notifications: Notification[];
  next: string | null;
}

const pause_ms = 3000;

function Table({ notifications }: { notifications: Notification[] }): JSX.Element {
  return (
    <Scroll label="Notifications">
      <table>
        <thead>
          <tr>
            <th>Made</th>
            <th>Subject</th>
            <th>To</th>
            <th>State</th>
            <th>Order</th>
            <th>Language</th>
            <th class="number">Attempts</th>
          </tr>
        </thead>
        <tbody>
          {notifications.map((one) => (
            <tr key={one.id}>
              <td>
                <Time at={one.createdAt} />
              </td>
              <td class="text">
                <a href={link_to("notifications", one.id)}>{one.subject}</a>
              </td>
              <td class="text">{one.recipient ?? "–"}</td>
              <td>
                <Badge state={one.status} />
              </td>
              <td>
                <a class="id" href={link_to("orders", one.orderId)} title={one.orderId}>
                  {short_id(one.orderId)}
                </a>
              </td>
              <td>{one.language}</td>
              <td class="number">{one.attempts}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

export function NotificationsView(): JSX.Element {
  const { query } = useCell(place);
  const order = query.get("order") ?? "";
  const [text, write] = useState(order);
  const pages = usePages();
  useEffect(pages.restart, [order]);
  const is_wrong = text !== "" && !is_id(text.trim());
  const { value, problem } = usePolled(
    (signal) => get<NotificationPage>("/v1/notifications", { orderId: order, limit: 50, after: pages.after }, signal),
    [order, pages.after],
    pause_ms,
  );
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!is_wrong) refine({ order: text.trim().toLowerCase() });
  };
  return (
    <>
      <PageHead title="Notifications" />
      <form class="filters" role="search" onSubmit={submit}>
        <label class="field grows">
          <span>Order id</span>
          <input
            type="search"
            value={text}
            aria-invalid={is_wrong}
            onInput={(event) => write(event.currentTarget.value)}
            onChange={submit}
          />
        </label>
      </form>
      <Trouble problem={problem} />
      {value && value.notifications.length > 0 && <Table notifications={value.notifications} />}
      {value?.notifications.length === 0 && (
        <Empty title={order ? "This order has no notifications" : "No buyer was notified yet"}>
          <p>A buyer whose order has an e-mail address is notified when it is placed and when it is decided.</p>
        </Empty>
      )}
      <Pager pages={pages} next={value?.next} />
    </>
  );
}
