// What the page reads of the REST interface is what the contract promises.
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { contradictions_of } from "./contract_types.mjs";

/** The types of the page whose schemas have other names than they, or several. */
const places = {
  Order: "Order",
  Timeline: "Timeline",
  Payment: "Payment",
  Refund: "Refund",
  Notification: "Notification",
  Subscriptions: "SubscriptionList",
  SchemaEntry: "SchemaList/properties/schemas/items",
  CloudEvent: "CloudEvent",
  DeadLetter: "DeadLetter",
  DeadLetterDetail: "DeadLetterDetail",
  DryRun: "Rehearsal",
  BulkReplay: "BulkReplay",
  Destination: "DestinationList/properties/destinations/items",
  Webhook: ["Webhook", "WebhookWithSecret"],
  WebhookDelivery: ["WebhookDelivery", "WebhookDeliveryDetail"],
  Trial: "WebhookTrial",
};

const source = (name) => readFileSync(join(process.env.ORDERFLOW_PAGE, "src", name), "utf8");

test("the page's types claim nothing that the contract does not promise", () => {
  const printed = execFileSync(process.env.ORDERFLOW, ["openapi"], { encoding: "utf8", maxBuffer: 1 << 25 });
  const document = JSON.parse(printed);
  assert.deepEqual(contradictions_of(source("api/shapes.ts"), document, places), []);
  const scopes = /export type Scope = .*;/.exec(source("state/session.ts"))[0];
  assert.deepEqual(contradictions_of(scopes, document, { Scope: "Scope" }), []);
});

test("what a type claims and the contract does not promise is found", () => {
  const schemas = {
    Size: { type: "string", enum: ["small", "large"] },
    Shoe: {
      type: "object",
      required: ["size", "price", "laces"],
      properties: {
        size: { $ref: "#/components/schemas/Size" },
        price: { type: ["integer", "null"] },
        laces: { type: "array", items: { type: "object", properties: { colour: { type: "string" } } } },
        note: { type: "string" },
      },
    },
  };
  const found = (text) => contradictions_of(text, { components: { schemas } }, { Shoe: "Shoe" });
  const sound = `type Size = "small" | "large"; interface Lace { colour?: string }
    interface Shoe { size: Size; price: number | null; laces: Lace[]; note?: string }`;
  assert.deepEqual(found(sound), []);
  assert.deepEqual(found(sound.replace(' | "large"', ' | "huge"')), ["Shoe.size may be one of small, large"]);
  assert.deepEqual(found(sound.replace(" | null", "")), ["Shoe.price may be null"]);
  assert.deepEqual(found(sound.replace("note?", "note")), ["Shoe.note may be missing"]);
  assert.deepEqual(found(sound.replace("note?", "hint?")), ["Shoe.hint is not in the contract"]);
  assert.deepEqual(found(sound.replace("colour?: string", "colour?: number")), [
    "Shoe.laces[]: Lace.colour may be string",
  ]);
  assert.deepEqual(found(`${sound} interface Hat { size: Size }`), ["Hat is compared with nothing"]);
});
