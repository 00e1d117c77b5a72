import { ask } from "../api/client";
import { random_text } from "../parts/texts";
import { Cell } from "../state/cell";
import { notify_done, notify_failed } from "../state/notices";

const orders_max = 60;
const pause_ms = 200;
const buyers = ["ada", "grace", "edsger", "barbara", "donald", "margaret"];
const goods: [string, string, number][] = [
  ["book-1", "A Book of Queues", 1999],
  ["lamp-7", "Desk lamp", 3450],
  ["tea-3", "Earl Grey, 100 g", 890],
  ["pen-12", "Fountain pen", 12900],
];
const ways_to_pay = ["sim-approve", "sim-approve", "sim-approve", "sim-decline", "sim-fail-1", "sim-slow-400"];

export interface DemoTraffic {
  sent: number;
  of: number;
}

/** How far the demo has got; nothing where none runs. */
export const demo_traffic = new Cell<DemoTraffic | undefined>(undefined);

let wanted = false;

const one_of = <T>(things: readonly T[]): T => things[Math.floor(Math.random() * things.length)] as T;

function made_up_order(): unknown {
  const buyer = one_of(buyers);
  const [productId, name, price] = one_of(goods);
  return {
    userId: `demo-${buyer}`,
    email: `${buyer}@example.com`,
    currency: "EUR",
    items: [{ productId, name, quantity: 1 + Math.floor(Math.random() * 3), price }],
    paymentMethod: one_of(ways_to_pay),
  };
}

/** Places some made-up orders, so that there is something to see. */
export async function send_demo_traffic(): Promise<void> {
  if (wanted) return;
  wanted = true;
  try {
    for (let sent = 0; wanted && sent < orders_max; sent += 1) {
      demo_traffic.set({ sent, of: orders_max });
      await ask("POST", "/v1/orders", {
        body: made_up_order(),
        headers: { "Idempotency-Key": `demo-${random_text()}` },
      });
      await new Promise((go_on) => setTimeout(go_on, pause_ms));
    }
    notify_done("The demo orders are placed.");
  } catch (error) {
    notify_failed(error);
  } finally {
    wanted = false;
    demo_traffic.set(undefined);
  }
}

export function stop_demo_traffic(): void {
  wanted = false;
}
