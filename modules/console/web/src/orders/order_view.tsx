import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { ask } from "../api/client";
import type { Awaited, Notification, Order, Payment } from "../api/shapes";
import { Badge } from "../parts/badge";
import { Confirmation } from "../parts/confirmation";
import { CopyButton } from "../parts/json_view";
import { Facts, PageHead, Scroll, Trouble } from "../parts/page";
import { money, short_id } from "../parts/texts";
import { Time } from "../parts/time";
import { notify_done } from "../state/notices";
import { link_to } from "../state/place";
import { useScope } from "../state/session";
import { OrderEvents } from "./order_events";
import { useStory, type KeyHistory } from "./order_story";
import { left_of, RefundDialog } from "./refund_dialog";
import { TimelinePicture } from "./timeline_picture";

function AwaitedAnswer({ awaited }: { awaited: Awaited }): JSX.Element {
  const where = awaited.state === "sent" ? "has been sent" : "has not reached the broker";
  return (
    <>
      {awaited.module} on another node, since <Time at={awaited.since} />: <code>{awaited.kind}</code> {where}
    </>
  );
}

function facts_of(order: Order, awaited: Awaited | null): [string, ComponentChildren][] {
  const facts: [string, ComponentChildren][] = [
    ["Status", <Badge state={order.status} />],
    ["Total", <strong>{money(order.totalAmount, order.currency)}</strong>],
    ["User", <a href={link_to("orders", "", { user: order.userId })}>{order.userId}</a>],
    ["E-mail", order.email ?? <span class="quiet">none</span>],
    ["Paid by", order.paymentMethod ?? <span class="quiet">the default</span>],
    ["Placed", <Time at={order.createdAt} />],
    ["Changed", <Time at={order.updatedAt} />],
  ];
  if (order.reasons.length > 0) facts.push(["Reasons", order.reasons.join(", ")]);
  if (order.cancelRequestedAt) facts.push(["Cancel asked", <Time at={order.cancelRequestedAt} />]);
  if (awaited) facts.push(["Waits for", <AwaitedAnswer awaited={awaited} />]);
  return facts;
}

function Items({ order }: { order: Order }): JSX.Element {
  return (
    <Scroll label="Items of the order">
      <table>
        <thead>
          <tr>
            <th>Product</th>
            <th>Name</th>
            <th class="number">Quantity</th>
            <th class="number">Price</th>
            <th class="number">Sum</th>
          </tr>
        </thead>
        <tbody>
          {order.items.map((item, at) => (
            <tr key={at}>
              <td class="text">{item.productId}</td>
              <td class="text">{item.name ?? ""}</td>
              <td class="number">{item.quantity}</td>
              <td class="number">{money(item.price, order.currency)}</td>
              <td class="number">{money(item.price * item.quantity, order.currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Payments({ payments }: { payments: Payment[] }): JSX.Element {
  return (
    <Scroll label="Payments of the order">
      <table>
        <thead>
          <tr>
            <th>Payment</th>
            <th>State</th>
            <th class="number">Amount</th>
            <th class="number">Paid back</th>
            <th>Remark</th>
          </tr>
        </thead>
        <tbody>
          {payments.map((payment) => (
            <tr key={payment.id}>
              <td class="id" title={payment.id}>
                {short_id(payment.id)}
              </td>
              <td>
                <Badge state={payment.status} />
              </td>
              <td class="number">{money(payment.amount, payment.currency)}</td>
              <td class="number">{payment.refundedAmount ? money(payment.refundedAmount, payment.currency) : "–"}</td>
              <td class="text">{payment.declineCode ?? payment.gatewayReference ?? payment.lastError ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Mails({ notifications }: { notifications: Notification[] }): JSX.Element {
  return (
    <Scroll label="Notifications of the order">
      <table>
        <thead>
          <tr>
            <th>Subject</th>
            <th>To</th>
            <th>State</th>
            <th>Sent</th>
          </tr>
        </thead>
        <tbody>
          {notifications.map((mail) => (
            <tr key={mail.id}>
              <td class="text">
                <a href={link_to("notifications", mail.id)}>{mail.subject}</a>
              </td>
              <td class="text">{mail.recipient ?? "–"}</td>
              <td>
                <Badge state={mail.status} />
              </td>
              <td>
                <Time at={mail.sentAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Troubles({ history }: { history: KeyHistory }): JSX.Element | null {
  const stuck = history.timeline.deliveries.filter((one) => one.state === "dead" || one.state === "retrying");
  const is_admin = useScope("admin");
  if (stuck.length === 0) return null;
  return (
    <ul class="troubles">
      {stuck.map((one) => (
        <li key={`${one.subscription} ${one.seq}`} class={one.state === "dead" ? "trouble" : "warning"}>
          <strong>{one.subscription}</strong> is {one.state} after {one.attempts} attempts: {one.error ?? "no reason given"}{" "}
          {one.state === "dead" && is_admin && (
            <a href={link_to("dead-letters", `${one.subscription}:${one.seq}`)}>Look at the dead letter</a>
          )}
        </li>
      ))}
    </ul>
  );
}

interface ActionsProps {
  history: KeyHistory;
  again: () => void;
}

function Actions({ history, again }: ActionsProps): JSX.Element | null {
  const [asked, ask_for] = useState<"cancel" | "refund" | undefined>(undefined);
  const may_change = useScope("orders:write");
  const { order, payments } = history;
  const close = (): void => ask_for(undefined);
  if (!may_change) return null;
  const can_cancel = (order.status === "PENDING" || order.status === "PROCESSED") && !order.cancelRequestedAt;
  const paid = payments.find((payment) => payment.refundedAmount !== undefined && left_of(payment) > 0);
  const cancel = async (reason: string): Promise<void> => {
    const body = reason ? { reason } : {};
    await ask("POST", `/v1/orders/${encodeURIComponent(order.id)}/cancel`, { body });
    notify_done("The cancellation is asked for.");
    again();
  };
  return (
    <>
      {can_cancel && (
        <button type="button" onClick={() => ask_for("cancel")}>
          Cancel order…
        </button>
      )}
      {paid && (
        <button type="button" onClick={() => ask_for("refund")}>
          Refund…
        </button>
      )}
      {asked === "cancel" && (
        <Confirmation
          title="Cancel this order?"
          verb="Cancel the order"
          dangerous
          reason={{ label: "Reason", required: false }}
          close={close}
          act={cancel}
        >
          <p>
            What was not charged yet is not charged; what was charged, {money(order.totalAmount, order.currency)} at
            most, is paid back to the buyer. This cannot be undone.
          </p>
        </Confirmation>
      )}
      {asked === "refund" && paid && <RefundDialog payment={paid} close={close} done={again} />}
    </>
  );
}

export function OrderView({ id }: { id: string }): JSX.Element {
  const { value: history, problem, again } = useStory(id);
  return (
    <>
      <PageHead title={`Order ${short_id(id)}`}>
        <p class="head-note quiet">
          <span class="id">{id}</span> <CopyButton text={id} label="Copy id" />
        </p>
        {history && <Actions history={history} again={again} />}
      </PageHead>
      <Trouble problem={problem} />
      {history && (
        <>
          <Troubles history={history} />
          <Facts facts={facts_of(history.order, history.timeline.waitsFor)} />
          <h2>Timeline</h2>
          {history.timeline.events.length > 0 ? (
            <>
              <TimelinePicture timeline={history.timeline} />
              <OrderEvents timeline={history.timeline} />
            </>
          ) : (
            <p class="hint">The log keeps nothing about this order any more.</p>
          )}
          <h2>Items</h2>
          <Items order={history.order} />
          {history.payments.length > 0 && <h2>Payments</h2>}
          {history.payments.length > 0 && <Payments payments={history.payments} />}
          {history.notifications.length > 0 && <h2>Notifications</h2>}
          {history.notifications.length > 0 && <Mails notifications={history.notifications} />}
        </>
      )}
    </>
  );
}
