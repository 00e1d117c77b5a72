import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import { open_browser, visit } from "./browser.mjs";
import { start_node } from "./node.mjs";

let browser;
let node;
before(async () => {
  browser = await open_browser();
  node = await start_node();
});
after(async () => {
  await browser?.close();
  await node?.end();
});

/** An order whose payment is given up. */
async function dead_order(userId) {
  const order = await node.place({ userId, paymentMethod: "sim-timeout" });
  for (;;) {
    const { deliveries } = await node.request("GET", `/v1/orders/${order.id}/timeline`);
    if (deliveries.some((one) => one.state === "dead")) return order;
    await new Promise((go_on) => setTimeout(go_on, 50));
  }
}

test("an event that died is inspected, tried dry, edited, replayed and finishes", async () => {
  const order = await dead_order("mended");
  await visit(browser, node, {}, async (one, page) => {
    await one.go(`#/orders/${order.id}`);
    await page.getByRole("link", { name: "Look at the dead letter" }).click();
    await one.sees("Parked behind");
    assert.equal(await page.getByRole("region", { name: "Attempts" }).locator("tbody tr").count(), 2);
    await page.getByRole("button", { name: "Dry run" }).click();
    await one.sees("It would publish order.processed");
    await one.picture("dry-run");
    const payload = page.getByRole("textbox", { name: "Payload" });
    const text = await payload.inputValue();
    await payload.fill(text.replace(/"amount": \d+/, '"amount": "much"'));
    await one.sees("must be integer, not string");
    assert.ok(await page.getByRole("button", { name: "Dry run" }).isDisabled());
    await payload.fill(text.replace(/"amount": \d+/, '"amount": 1'));
    await one.sees("/amount may not be edited");
    assert.ok(await page.getByRole("button", { name: "Replay as edited…" }).isDisabled());
    await one.sees("May be edited: /paymentMethod.");
    await payload.fill("{");
    await page.locator(".faults").waitFor();
    await payload.fill(text.replace("sim-timeout", "sim-approve"));
    await one.sees("Valid under its schema");
    await page.getByRole("button", { name: "Replay as edited…" }).click();
    await page.getByRole("button", { name: "Replay", exact: true }).click();
    await one.sees("PROCESSED");
    await page.getByRole("link", { name: "Dead letters", exact: true }).click();
    await one.sees("Nothing is dead");
  });
});

test("a letter is discarded with a reason, which the audit keeps", async () => {
  await dead_order("discarded");
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/dead-letters");
    await page.locator("tbody a").first().click();
    await page.getByRole("button", { name: "Discard…" }).click();
    await page.getByRole("button", { name: "Discard", exact: true }).click();
    await page.getByLabel("Reason, kept in the audit").fill("the buyer has called");
    await page.getByRole("button", { name: "Discard", exact: true }).click();
    await one.sees("Nothing is dead");
  });
  const { entries } = await node.request("GET", "/v1/admin/audit");
  assert.ok(entries.some((entry) => entry.reason === "the buyer has called"));
});

test("all letters of a group are replayed at once, with their progress", async () => {
  await Promise.all(["one", "two", "three"].map(dead_order));
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/dead-letters");
    await one.sees("3 letters");
    await one.has_no_violation();
    await page.getByRole("button", { name: "Replay all…" }).click();
    await page.getByRole("button", { name: "Replay all", exact: true }).click();
    await page.getByText("3 letters replayed").waitFor();
  });
});
