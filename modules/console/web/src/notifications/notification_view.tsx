import type { ComponentChildren, JSX } from "preact";
import { get } from "../api/client";
import type { Notification } from "../api/shapes";
import { Badge } from "../parts/badge";
import { Facts, PageHead, Trouble } from "../parts/page";
import { Time } from "../parts/time";
import { link_to } from "../state/place";
import { usePolled } from "../state/polling";
import { MailPreview } from "./mail_preview";

function facts_of(one: Notification): [string, ComponentChildren][] {
  const facts: [string, ComponentChildren][] = [
    ["State", <Badge state={one.status} />],
    ["Kind", one.kind],
    ["To", one.recipient ?? "nobody"],
    ["By", one.channel],
    ["Language", one.language],
    [
      "Order",
      <a class="id" href={link_to("orders", one.orderId)}>
        {one.orderId}
      </a>,
    ],
    ["Attempts", one.attempts],
    ["Made", <Time at={one.createdAt} />],
    ["Sent", <Time at={one.sentAt} />],
  ];
  if (one.skippedBecause) facts.push(["Skipped because", one.skippedBecause]);
  return facts;
}

export function NotificationView({ id }: { id: string }): JSX.Element {
  const { value, problem } = usePolled(
    (signal) => get<Notification>(`/v1/notifications/${encodeURIComponent(id)}`, {}, signal),
    [id],
    5000,
  );
  return (
    <>
      <PageHead title="Notification">
        <a href={link_to("notifications")}>All notifications</a>
      </PageHead>
      <Trouble problem={problem} />
      {value && (
        <>
          <h2 class="subject">{value.subject}</h2>
          {value.error && <p class="trouble">{value.error}</p>}
          <Facts facts={facts_of(value)} />
          <h2>The mail</h2>
          <MailPreview path={`/v1/notifications/${encodeURIComponent(id)}/mail`} query={{}} />
        </>
      )}
    </>
  );
}
