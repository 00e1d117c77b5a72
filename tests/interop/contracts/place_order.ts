// Places an order and reads it, over a client whose types were generated from the contract.
// Usage: node place_order.js URL
import createClient from "openapi-fetch";

import type { components, paths } from "./api.js";

declare const process: { argv: string[] };

const client = createClient<paths>({ baseUrl: process.argv[2] });

const order: components["schemas"]["NewOrder"] = {
  userId: "ada",
  items: [{ productId: "book-1", quantity: 2, price: 1999 }],
};
const placed = await client.POST("/v1/orders", {
  params: { header: { "Idempotency-Key": "generated-1", Prefer: "wait=20" } },
  body: order,
});
if (placed.error) throw new Error(`not placed: ${placed.error.title}`);
const id: string = placed.data.id;

const read = await client.GET("/v1/orders/{id}", { params: { path: { id } } });
if (read.error) throw new Error(`not read: ${read.error.detail}`);
const status: "PENDING" | "PROCESSED" | "CANCELED_FRAUD" | "PAYMENT_DECLINED" | "CANCELED" | "REFUNDED" =
  read.data.status;

const refused = await client.POST("/v1/orders", {
  // @ts-expect-error: an order has items
  body: { userId: "ada" },
});
const pointers = refused.error?.errors?.map((error) => error.pointer) ?? [];

console.log(JSON.stringify({ id, status, total: read.data.totalAmount, refused: refused.response.status, pointers }));
