import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get } from "../api/client";
import type { Order, OrderStatus } from "../api/shapes";
import { DemoButton, first_order_command } from "../flow/flow_view";
import { Badge } from "../parts/badge";
import { Command } from "../parts/json_view";
import { Empty, PageHead, Scroll, Trouble } from "../parts/page";
import { Pager, usePages } from "../parts/pager";
import { money, short_id } from "../parts/texts";
import { Time } from "../parts/time";
import { useCell } from "../state/cell";
import { go, link_to, place, refine } from "../state/place";
import { usePolled } from "../state/polling";
import { useScope } from "../state/session";
import { PlaceOrder } from "./place_order";
import { id_at, is_id, read_search, type Search } from "./search";

interface OrderPage {
  orders: Order[];
  next: string | null;
}

const page_size = 50;
const newest_pause_ms = 1500;
const older_pause_ms = 10_000;
const statuses: OrderStatus[] = [
  "PENDING",
  "PROCESSED",
  "CANCELED_FRAUD",
  "PAYMENT_DECLINED",
  "CANCELED",
  "REFUNDED",
];

async function ask_page(search: Search, after: string, signal: AbortSignal): Promise<OrderPage> {
  const until = search.until ? id_at(Date.parse(search.until) + 59_999) : "";
  const query = { userId: search.user, status: search.status, limit: page_size, after: after || until };
  const page = await get<OrderPage>("/v1/orders", query, signal);
  if (!search.from) return page;
  const from = Date.parse(search.from);
  const orders = page.orders.filter((order) => Date.parse(order.createdAt) >= from);
  return { orders, next: orders.length < page.orders.length ? null : page.next };
}

function SearchForm({ search }: { search: Search }): JSX.Element {
  const [text, write] = useState(search.user);
  useEffect(() => write(search.user), [search.user]);
  const change = (part: Partial<Search>): void => refine({ ...search, ...part });
  const submit = (event: Event): void => {
    event.preventDefault();
    const wanted = text.trim();
    if (is_id(wanted)) go("orders", wanted.toLowerCase());
    else change({ user: wanted });
  };
  const is_narrowed = search.user || search.status || search.from || search.until;
  return (
    <form class="filters" role="search" onSubmit={submit}>
      <label class="field grows">
        <span>Order id or user</span>
        <input type="search" value={text} onInput={(event) => write(event.currentTarget.value)} onChange={submit} />
      </label>
      <label class="field">
        <span>Status</span>
        <select value={search.status} onChange={(event) => change({ status: event.currentTarget.value })}>
          <option value="">Any</option>
          {statuses.map((status) => (
            <option key={status} value={status}>
              {status.replaceAll("_", " ")}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>From</span>
        <input type="datetime-local" value={search.from} onChange={(event) => change({ from: event.currentTarget.value })} />
      </label>
      <label class="field">
        <span>Until</span>
        <input
          type="datetime-local"
          value={search.until}
          onChange={(event) => change({ until: event.currentTarget.value })}
        />
      </label>
      <button type="button" disabled={!is_narrowed} onClick={() => refine({})}>
        Clear
      </button>
    </form>
  );
}

function OrderTable({ orders }: { orders: Order[] }): JSX.Element {
  return (
    <Scroll label="Orders">
      <table>
        <thead>
          <tr>
            <th>Placed</th>
            <th>Order</th>
            <th>User</th>
            <th>Status</th>
            <th class="number">Total</th>
            <th class="number">Items</th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <tr key={order.id}>
              <td>
                <Time at={order.createdAt} />
              </td>
              <td>
                <a class="id" href={link_to("orders", order.id)} title={order.id}>
                  {short_id(order.id)}
                </a>
              </td>
              <td class="text">{order.userId}</td>
              <td>
                <Badge state={order.status} />
                {order.cancelRequestedAt && order.status === "PENDING" && <Badge state="cancel asked" tone="warn" />}
              </td>
              <td class="number">{money(order.totalAmount, order.currency)}</td>
              <td class="number">{order.items.length}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function NothingFound({ narrowed }: { narrowed: boolean }): JSX.Element {
  if (narrowed) return <Empty title="No order matches" />;
  return (
    <Empty title="No order was placed yet">
      <p>Place a first one here, from a terminal, or let the page place some.</p>
      <Command text={first_order_command()} />
      <DemoButton />
    </Empty>
  );
}

export function OrdersView(): JSX.Element {
  const { query } = useCell(place);
  const [placing, show_form] = useState(false);
  const may_place = useScope("orders:write");
  const pages = usePages();
  const search = read_search(query);
  const wanted = JSON.stringify(search);
  useEffect(pages.restart, [wanted]);
  const pause_ms = pages.number === 1 ? newest_pause_ms : older_pause_ms;
  const { value, problem, again } = usePolled(
    (signal) => ask_page(search, pages.after, signal),
    [wanted, pages.after],
    pause_ms,
  );
  return (
    <>
      <PageHead title="Orders">
        {may_place && (
          <button type="button" class="primary" onClick={() => show_form(true)}>
            Place an order
          </button>
        )}
      </PageHead>
      <SearchForm search={search} />
      <Trouble problem={problem} />
      {value && value.orders.length > 0 && <OrderTable orders={value.orders} />}
      {value && value.orders.length === 0 && <NothingFound narrowed={query.size > 0 || pages.number > 1} />}
      <Pager pages={pages} next={value?.next} />
      {placing && (
        <PlaceOrder
          close={() => show_form(false)}
          placed={(order) => {
            again();
            go("orders", order.id);
          }}
        />
      )}
    </>
  );
}
