import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import { open_browser, visit } from "./browser.mjs";
import { start_node } from "./node.mjs";

let browser;
let node;
let orders;

const places = () => ({
  flow: "#/flow",
  orders: "#/orders",
  order: `#/orders/${orders.retried}`,
  "dead-letters": "#/dead-letters",
  "dead-letter": `#/dead-letters/${encodeURIComponent(orders.letter)}`,
  subscriptions: "#/subscriptions",
  subscription: "#/subscriptions/billing.capture",
  events: "#/events?key=",
  notifications: "#/notifications",
  notification: `#/notifications/${orders.notification}`,
  webhooks: "#/webhooks",
});

async function until(look) {
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((go_on) => setTimeout(go_on, 50));
  }
}

before(async () => {
  browser = await open_browser();
  node = await start_node();
  const retried = await node.place({ userId: "barbara", paymentMethod: "sim-fail-1" });
  await node.place({ userId: "edsger", paymentMethod: "sim-decline" });
  const dead = await node.place({ userId: "grace", paymentMethod: "sim-timeout" });
  await node.request("POST", `/v1/orders/${dead.id}/cancel`, { reason: "too slow" });
  const letter = await until(async () => (await node.request("GET", "/v1/admin/dead-letters")).deadLetters[0]);
  const mails = await until(async () => {
    const { notifications } = await node.request("GET", `/v1/notifications?orderId=${retried.id}`);
    return notifications.length === 2 && notifications;
  });
  await node.request("POST", "/v1/webhooks", { url: "http://127.0.0.1:9/closed", description: "A partner's shop" });
  orders = { retried: retried.id, letter: letter.id, notification: mails[0].id };
});
after(async () => {
  await browser?.close();
  await node?.end();
});

for (const scheme of ["light", "dark"]) {
  test(`every view can be read by everybody, ${scheme}`, { timeout: 240_000 }, async () => {
    await visit(browser, node, { colorScheme: scheme }, async (one, page) => {
      for (const [name, place] of Object.entries(places())) {
        await one.go(place);
        if (name === "events") {
          await page.getByText("Waiting for events").waitFor();
          await node.place({ userId: `tail-${scheme}` });
          await page.locator(".tail-row").nth(4).waitFor();
          await page.locator(".tail-row").first().click();
        } else if (name === "flow") {
          await page.locator(".tile").first().getByText("/s").waitFor();
        } else {
          await page.locator("main table, main .chart, main .card").first().waitFor();
        }
        await one.picture(`${name}-${scheme}`);
        await one.has_no_violation();
        await one.is_not_wider_than_the_screen();
      }
    });
  });
}

test("on a phone every view fits", { timeout: 240_000 }, async () => {
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
  await visit(browser, node, phone, async (one, page) => {
    for (const [name, place] of Object.entries(places())) {
      await one.go(place);
      await page.waitForLoadState("networkidle").catch(() => {});
      await one.picture(`${name}-phone`);
      await one.is_not_wider_than_the_screen();
    }
    await one.go("#/orders");
    await page.getByRole("button", { name: "Place an order" }).click();
    await one.picture("place-order-phone");
    await one.has_no_violation();
  });
});

test("an order is placed with the keyboard alone", async () => {
  await visit(browser, node, {}, async (one, page) => {
    const focus_on = async (name) => {
      for (let presses = 0; presses < 60; presses += 1) {
        const label = await page.evaluate(() => {
          const at = document.activeElement;
          return at?.labels?.[0]?.textContent ?? at?.getAttribute("aria-label") ?? at?.textContent ?? "";
        });
        if (label.startsWith(name)) return;
        await page.keyboard.press("Tab");
      }
      assert.fail(`no way to "${name}" with Tab`);
    };
    await one.go("#/flow");
    await focus_on("Skip to the content");
    await focus_on("Orders");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Orders" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
    await focus_on("Place an order");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await focus_on("User");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("keyboard");
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Place an order");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await focus_on("User");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("keyboard");
    await page.keyboard.press("Enter");
    await one.sees("PROCESSED");
    await one.sees("keyboard");
  });
});

test("times are told in the viewer's zone, and in UTC where one points", async () => {
  const order = await node.request("GET", `/v1/orders/${orders.retried}`);
  await visit(browser, node, { timezoneId: "Asia/Kolkata", locale: "en-GB" }, async (one, page) => {
    await one.go(`#/orders/${orders.retried}`);
    const time = page.locator(".facts time").first();
    await time.waitFor();
    const there = new Date(order.createdAt).toLocaleTimeString("en-GB", { timeZone: "Asia/Kolkata" });
    assert.ok((await time.textContent()).includes(there));
    assert.equal(await time.getAttribute("title"), `${order.createdAt.replace("T", " ").replace("Z", "")} UTC`);
  });
});

test("a lost connection is told, and the page catches up when it is back", { timeout: 90_000 }, async () => {
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/events");
    await one.sees("Waiting for events");
    await node.place({ userId: "before" });
    await page.locator(".tail-row").nth(4).waitFor();
    const seen = await page.locator(".tail-row").count();
    const { port } = node;
    await node.stop();
    await one.sees("Connection lost");
    await one.picture("connection-lost");
    await one.has_no_violation();
    await node.start(port);
    // Before the page knows: what it must catch up on.
    const order = await node.place({ userId: "meanwhile" });
    await page.getByText("Connection lost").waitFor({ state: "detached", timeout: 30_000 });
    await page.locator(".tail-row").nth(seen + 4).waitFor();
    const places_seen = (await page.locator(".tail-row .number").allTextContents()).map(Number);
    assert.equal(new Set(places_seen).size, places_seen.length);
    const { events } = await node.request("GET", `/v1/orders/${order.id}/timeline`);
    for (const event of events) assert.ok(places_seen.includes(event.seq), `event ${event.seq} was missed`);
  });
});

test("the demo shows something to see", async () => {
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/flow");
    await page.getByRole("button", { name: "Send demo traffic" }).click();
    await page.getByRole("button", { name: /Stop demo \(([3-9]|\d\d) of/ }).click();
    await page.getByRole("button", { name: "Send demo traffic" }).waitFor();
    await page.getByRole("link", { name: "Orders", exact: true }).click();
    await one.sees(/^demo-/);
  });
});
