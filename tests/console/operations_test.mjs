import { strict as assert } from "node:assert";
import { createServer } from "node:http";
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

test("a subscription is paused, which holds orders up, and resumed", async () => {
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/subscriptions");
    await page.getByRole("button", { name: "Pause billing.assess" }).click();
    await page.getByText("also after a restart").waitFor();
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    const row = page.getByRole("row", { name: /billing\.assess/ });
    await row.getByText("paused").waitFor();
    const order = await node.place();
    await one.go(`#/orders/${order.id}`);
    await one.sees("PENDING");
    await one.go("#/subscriptions");
    await page.getByRole("button", { name: "Resume billing.assess" }).click();
    await row.getByText("running").waitFor();
    await one.go(`#/orders/${order.id}`);
    await one.sees("PROCESSED");
  });
});

test("a projection is rebuilt", async () => {
  await node.place();
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/subscriptions/users.statistics");
    await page.getByRole("button", { name: "Rebuild users.statistics" }).click();
    await page.getByRole("button", { name: "Rebuild", exact: true }).click();
    await page.getByText("users.statistics is being rebuilt.").waitFor();
  });
  const { entries } = await node.request("GET", "/v1/admin/audit");
  assert.ok(entries.some((entry) => entry.action.includes("rebuild")));
});

test("the tail shows what happens, as it is filtered, and rests while it is paused", async () => {
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/events");
    await one.sees("Waiting for events");
    await page.getByLabel("Kind").selectOption("order.processed");
    await one.sees("Waiting for events");
    await node.place();
    const rows = page.locator(".tail-row");
    await rows.first().waitFor();
    assert.deepEqual([...new Set(await page.locator(".tail-row .kind").allTextContents())], ["order.processed"]);
    await page.getByRole("button", { name: "Pause" }).click();
    const shown = await rows.count();
    const order = await node.place({ userId: "while-paused", paymentMethod: "sim-decline" });
    for (;;) {
      if ((await node.request("GET", `/v1/orders/${order.id}`)).status !== "PENDING") break;
    }
    assert.equal(await rows.count(), shown);
    await page.getByRole("button", { name: "Resume" }).click();
    await rows.nth(shown).waitFor();
    await rows.first().click();
    await page.getByRole("region", { name: "Payload" }).getByText("while-paused").waitFor();
    await page.getByRole("button", { name: "Schema" }).click();
    await page.getByRole("region", { name: "Schema" }).getByText("order.processed v1").waitFor();
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await page.getByRole("link", { name: "Timeline of the order" }).click();
    await one.sees("PAYMENT DECLINED");
  });
});

test("a mail is shown as it was sent", async () => {
  const order = await node.place({ items: [{ productId: "p", name: "Tea & <i>Biscuits</i>", quantity: 2, price: 350 }] });
  await visit(browser, node, {}, async (one, page) => {
    await one.go(`#/notifications?order=${order.id}`);
    await page.getByRole("link", { name: "We have received your order" }).click();
    const mail = page.getByRole("region", { name: "Mail" });
    await mail.getByText("Tea & <i>Biscuits</i>").waitFor();
    await one.picture("mail");
    await page.getByRole("button", { name: "As it is sent" }).click();
    await mail.getByText("Message-ID").waitFor();
    await page.getByRole("button", { name: "As plain text" }).click();
    await mail.getByText("7.00 EUR").waitFor();
  });
});

test("a webhook is registered, tried, looked at and removed", async () => {
  const heard = [];
  const receiver = createServer((request, response) => {
    heard.push(request.headers["webhook-id"]);
    request.resume();
    response.writeHead(heard.length > 1 ? 500 : 204).end();
  });
  await new Promise((go_on) => receiver.listen(0, "127.0.0.1", go_on));
  try {
    await visit(browser, node, {}, async (one, page) => {
      await one.go("#/webhooks");
      await one.sees("No webhook is registered");
      await page.getByRole("button", { name: "Register a webhook" }).click();
      await page.getByLabel("URL").fill("nowhere");
      await page.getByRole("button", { name: "Register", exact: true }).click();
      await page.locator(".field-error").waitFor();
      await page.getByLabel("URL").fill(`http://127.0.0.1:${receiver.address().port}/hook`);
      await page.getByLabel("order.processed").check();
      await page.getByRole("button", { name: "Register", exact: true }).click();
      await page.getByText("whsec_").waitFor();
      await page.getByRole("button", { name: "I have kept it" }).click();
      await page.getByRole("link", { name: "/hook" }).click();
      await page.getByRole("button", { name: "Send a test" }).click();
      await one.sees("The endpoint took it");
      await node.place();
      await one.sees("500");
      await one.sees("1 failure in a row");
      await one.has_no_violation();
      await one.picture("webhook");
      await page.getByRole("button", { name: "Look at delivery" }).click();
      await page.getByRole("region", { name: "Body of the delivery" }).waitFor();
      await page.getByRole("button", { name: "Close", exact: true }).click();
      await page.getByRole("button", { name: "Remove…" }).click();
      await page.getByRole("button", { name: "Remove", exact: true }).click();
      await one.sees("No webhook is registered");
    });
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});
