import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { json } from "../api/client";
import { Problem, message_of } from "../api/problem";
import type { Order } from "../api/shapes";
import { useAct } from "../parts/act";
import { Dialog } from "../parts/dialog";
import { Field } from "../parts/field";
import { money, parse_money, random_text } from "../parts/texts";

interface Line {
  number: number;
  product: string;
  quantity: string;
  price: string;
}

interface Preference {
  user: string;
  email: string;
  currency: string;
  payment: string;
  lines: Line[];
}

const first_wish: Preference = {
  user: "ada",
  email: "ada@example.com",
  currency: "EUR",
  payment: "",
  lines: [{ number: 1, product: "book-1", quantity: "1", price: "19.99" }],
};

const lines_max = 100;

/** What the simulated gateway makes of a payment method. */
const known_payments = ["sim-approve", "sim-decline", "sim-timeout", "sim-fail-2", "sim-slow-3000"];

function body_of(preference: Preference): unknown {
  const items = preference.lines.map((line) => ({
    productId: line.product,
    quantity: Number(line.quantity),
    price: parse_money(line.price, preference.currency) ?? -1,
  }));
  return {
    userId: preference.user,
    ...(preference.email && { email: preference.email }),
    currency: preference.currency,
    ...(preference.payment && { paymentMethod: preference.payment }),
    items,
  };
}

function total_of(preference: Preference): string {
  let sum = 0;
  for (const line of preference.lines) {
    const price = parse_money(line.price, preference.currency);
    if (price === undefined || !/^\d+$/.test(line.quantity)) return "–";
    sum += price * Number(line.quantity);
  }
  return Number.isSafeInteger(sum) ? money(sum, preference.currency) : "–";
}

interface LinesProps {
  preference: Preference;
  problem: Problem | undefined;
  change: (lines: Line[]) => void;
}

function Lines({ preference, problem, change }: LinesProps): JSX.Element {
  const { lines } = preference;
  const edit = (at: number, part: Partial<Line>): void =>
    change(lines.map((line, other) => (other === at ? { ...line, ...part } : line)));
  const add = (): void =>
    change([...lines, { number: (lines.at(-1)?.number ?? 0) + 1, product: "", quantity: "1", price: "" }]);
  return (
    <fieldset>
      <legend>Items</legend>
      {lines.map((line, at) => {
        const about = (name: string): string | undefined => problem?.about(`/items/${at}/${name}`);
        return (
          <div class="order-line" key={line.number}>
            <Field label="Product" value={line.product} write={(product) => edit(at, { product })} error={about("productId")} required />
            <Field
              label="Quantity"
              value={line.quantity}
              write={(quantity) => edit(at, { quantity })}
              error={about("quantity")}
              mode="numeric"
              required
            />
            <Field
              label={`Price in ${preference.currency}`}
              value={line.price}
              write={(price) => edit(at, { price })}
              error={about("price")}
              mode="decimal"
              required
            />
            <button
              type="button"
              class="icon"
              aria-label={`Remove item ${at + 1}`}
              disabled={lines.length === 1}
              onClick={() => change(lines.filter((_, other) => other !== at))}
            >
              ×
            </button>
          </div>
        );
      })}
      <button type="button" class="small" disabled={lines.length >= lines_max} onClick={add}>
        Add an item
      </button>
    </fieldset>
  );
}

interface Props {
  close: () => void;
  placed: (order: Order) => void;
}

export function PlaceOrder({ close, placed }: Props): JSX.Element {
  const [preference, change_all] = useState(first_wish);
  const { busy, error, run } = useAct();
  const problem = error instanceof Problem ? error : undefined;
  // One form is one order, however often it is sent.
  const idempotency = useRef({ key: "", text: "" });
  const change = (part: Partial<Preference>): void => change_all({ ...preference, ...part });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = body_of(preference);
    const text = JSON.stringify(body);
    if (idempotency.current.text !== text) idempotency.current = { key: random_text(), text };
    await run(async () => {
      const headers = { "Idempotency-Key": idempotency.current.key };
      const order = await json<Order>("POST", "/v1/orders", { body, headers });
      close();
      placed(order);
    });
  };
  const unplaced = problem ? problem.errors.length === 0 : error !== undefined;
  return (
    <Dialog title="Place an order" close={close} wide>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <div class="columns">
          <Field label="User" value={preference.user} write={(user) => change({ user })} error={problem?.about("/userId")} required />
          <Field label="E-mail" value={preference.email} write={(email) => change({ email })} error={problem?.about("/email")} />
          <Field
            label="Currency"
            value={preference.currency}
            write={(currency) => change({ currency: currency.toUpperCase() })}
            error={problem?.about("/currency")}
            required
          />
          <Field
            label="Payment method"
            value={preference.payment}
            write={(payment) => change({ payment })}
            error={problem?.about("/paymentMethod")}
            known={known_payments}
          />
        </div>
        <Lines preference={preference} problem={problem} change={(lines) => change({ lines })} />
        {problem?.about("/items") && <p class="trouble">Items: {problem.about("/items")}</p>}
        {unplaced && (
          <p class="trouble" role="alert">
            {message_of(error)}
          </p>
        )}
        <footer>
          <p class="grows">
            Total <strong>{total_of(preference)}</strong>
          </p>
          <button type="button" onClick={close}>
            Close
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {busy ? "Placing…" : "Place order"}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
