import { useEffect, useRef } from "preact/hooks";
import { get } from "../api/client";
import { listen, type Place } from "../api/event_stream";
import { NoAnswer, Problem } from "../api/problem";
import type { Notification, Order, Payment, Timeline } from "../api/shapes";
import { connection, on_return } from "../state/connection";
import { usePolled, type Polled } from "../state/polling";
import { session, useScope } from "../state/session";

/** All that the node has about an order. */
export interface KeyHistory {
  order: Order;
  timeline: Timeline;
  payments: Payment[];
  notifications: Notification[];
}

const moving_pause_ms = 1000;
const settled_pause_ms = 10_000;
const gather_ms = 80;

/** Not every node hosts every module. */
const none_where_absent = <T>(otherwise: T) => (error: unknown): T => {
  if (error instanceof Problem && (error.status === 404 || error.status === 403)) return otherwise;
  throw error;
};

async function ask_story(id: string, signal: AbortSignal): Promise<KeyHistory> {
  const path = `/v1/orders/${encodeURIComponent(id)}`;
  const query = { orderId: id, limit: 100 };
  const [order, timeline, paid, notified] = await Promise.all([
    get<Order>(path, {}, signal),
    get<Timeline>(`${path}/timeline`, {}, signal),
    get<{ payments: Payment[] }>("/v1/payments", query, signal).catch(none_where_absent({ payments: [] })),
    get<{ notifications: Notification[] }>("/v1/notifications", query, signal).catch(
      none_where_absent({ notifications: [] }),
    ),
  ]);
  return { order, timeline, payments: paid.payments, notifications: notified.notifications };
}

function is_moving(history: KeyHistory | undefined): boolean {
  if (!history) return true;
  return history.order.status === "PENDING" || history.timeline.deliveries.some((one) => one.state !== "dead");
}

/** Calls `news` when the log has something about the order, going on where a lost connection ended. */
function useNewsOf(id: string, news: () => void): void {
  const may_listen = useScope("events:read");
  const latest = useRef(news);
  latest.current = news;
  useEffect(() => {
    if (!may_listen) return undefined;
    const ending = new AbortController();
    let last: Place | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const subscribed_kinds = (events: { seq: number }[]): void => {
      const newest = events.at(-1);
      if (newest) last = { life: last?.life ?? "", seq: newest.seq };
      timer ??= setTimeout(() => {
        timer = undefined;
        latest.current();
      }, gather_ms);
    };
    const follow = (): void => {
      if (ending.signal.aborted || session.get().state !== "begun") return;
      const opened = (place: Place, is_restored: boolean): void => {
        last = is_restored || !last ? place : { life: place.life, seq: last.seq };
      };
      listen({ key: id }, last, { opened, subscribed_kinds }, ending.signal).catch((error: unknown) => {
        if (error instanceof NoAnswer && !connection.get().lost) setTimeout(follow, 1000);
      });
    };
    const stop = on_return(follow);
    follow();
    return () => {
      stop();
      clearTimeout(timer);
      ending.abort();
    };
  }, [id, may_listen]);
}

export function useStory(id: string): Polled<KeyHistory> {
  const moving = useRef(true);
  const polled = usePolled((signal) => ask_story(id, signal), [id], moving.current ? moving_pause_ms : settled_pause_ms);
  moving.current = is_moving(polled.value);
  useNewsOf(id, polled.again);
  return polled;
}
