import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import { open_browser, visit } from "./browser.mjs";
import { start_node } from "./node.mjs";

let browser;
let node;
before(async () => {
  browser = await open_browser();
  node = await start_node({ ORDERFLOW_BILLING_CAPTURE_DEADLINE_MS: "30000" });
});
after(async () => {
  await browser?.close();
  await node?.end();
});

test("an order is placed and becomes PROCESSED while one looks", async () => {
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/orders");
    await one.sees("No order was placed yet");
    let loads = 0;
    page.on("load", () => (loads += 1));
    await page.getByRole("button", { name: "Place an order" }).click();
    await page.getByLabel("User", { exact: true }).fill("grace");
    await page.getByLabel("Payment method").fill("sim-slow-1500");
    await page.getByRole("button", { name: "Place order" }).click();
    await one.sees("PENDING");
    await one.sees("PROCESSED");
    await one.sees("notification.sent");
    await page.getByRole("link", { name: "Orders" }).click();
    await page.getByRole("cell", { name: "grace" }).waitFor();
    assert.equal(loads, 0);
  });
});

test("an order that comes from elsewhere appears in the list by itself", async () => {
  await visit(browser, node, {}, async (one) => {
    await one.go("#/orders");
    await node.place({ userId: "from-elsewhere" });
    await one.sees("from-elsewhere");
  });
});

test("a name that would turn the order of reading is written out", async () => {
  const order = await node.place({ userId: "mallory" });
  await visit(browser, node, {}, async (one, page) => {
    // As an older version, or another system, may have let it in.
    await page.route(`**/v1/orders/${order.id}`, async (route) => {
      const response = await route.fetch();
      const told = await response.json();
      told.items[0].name = "gnp\u202eexe. \u009b31m";
      await route.fulfill({ response, json: told });
    });
    await one.go(`#/orders/${order.id}`);
    await one.sees("gnp\\u202eexe. \\x9b31m");
  });
});

test("what is wrong with an order stands at its fields", async () => {
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/orders");
    await page.getByRole("button", { name: "Place an order" }).click();
    await page.getByLabel("E-mail").fill("nobody");
    await page.getByLabel("Price in EUR").fill("1.999");
    await page.getByRole("button", { name: "Place order" }).click();
    await page.getByText("must be an e-mail address").waitFor();
    await page.getByText("must be a whole number of the currency's minor unit").waitFor();
    await one.has_no_violation();
    await page.getByLabel("Price in EUR").fill("7,5");
    await page.getByText("7.50 EUR").waitFor();
  });
});

test("orders are found by id, user, status and time", async () => {
  const wanted = await node.place({ userId: "needle", paymentMethod: "sim-decline" });
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/orders");
    const search = page.getByLabel("Order id or user");
    await search.fill("needle");
    await search.press("Enter");
    await page.getByRole("cell", { name: "needle" }).waitFor();
    await one.sees("PAYMENT DECLINED");
    assert.equal(await page.locator("tbody tr").count(), 1);
    await page.getByLabel("Status").selectOption("PROCESSED");
    await one.sees("No order matches");
    await page.getByLabel("Status").selectOption("");
    await page.getByLabel("Until").fill("2001-01-01T00:00");
    await one.sees("No order matches");
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByLabel("From").fill("2001-01-01T00:00");
    await one.sees("needle");
    await search.fill(wanted.id);
    await search.press("Enter");
    await page.getByText("sim-decline").waitFor();
  });
});

test("pages go on where the one before ended", async () => {
  for (let at = 0; at < 60; at += 1) await node.place({ userId: "many" });
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/orders?user=many");
    await page.getByRole("button", { name: "Older" }).click();
    await one.sees("Page 2");
    await page.locator("tbody tr").nth(9).waitFor();
    assert.equal(await page.locator("tbody tr").count(), 10);
    await page.getByRole("button", { name: "Newer" }).click();
    await page.locator("tbody tr").nth(49).waitFor();
  });
});

test("an order is canceled, and a part of a payment goes back", async () => {
  const canceled = await node.place({ userId: "cancel" });
  const refunded = await node.place({ userId: "refund" });
  await visit(browser, node, {}, async (one, page) => {
    await one.go(`#/orders/${refunded.id}`);
    await page.getByRole("button", { name: "Refund…" }).click();
    await page.getByLabel("Amount in EUR").fill("5");
    await page.getByRole("button", { name: "Refund 5.00 EUR" }).click();
    await page.getByRole("cell", { name: "5.00 EUR", exact: true }).waitFor();
    await one.go(`#/orders/${canceled.id}`);
    await page.getByRole("button", { name: "Cancel order…" }).click();
    await page.getByText("This cannot be undone").waitFor();
    await page.getByRole("button", { name: "Cancel the order" }).click();
    await one.sees("REFUNDED");
  });
});

test("hostile texts are shown as texts", async () => {
  const hostile = "<img/src=x/onerror=alert(1)>";
  const order = await node.place({
    userId: hostile,
    paymentMethod: "\"><script>alert(2)</script>",
    items: [{ productId: "<svg/onload=alert(3)>", name: "<b>bold</b> ' \" & <iframe src=//x>", quantity: 1, price: 1 }],
  });
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/orders");
    await page.getByRole("cell", { name: hostile }).waitFor();
    await one.go(`#/orders/${order.id}`);
    await page.getByRole("cell", { name: "<svg/onload=alert(3)>" }).waitFor();
    await page.getByRole("button", { name: "Payload of event" }).first().click();
    await one.go("#/events");
    await page.getByText("Waiting for events").waitFor();
    await node.place({ userId: hostile });
    await page.getByRole("button", { name: "order.created" }).first().click();
    await page.getByRole("region", { name: "Payload" }).getByText(hostile).waitFor();
    assert.equal(await page.locator("main img, main script, main iframe, main b").count(), 0);
  });
});
