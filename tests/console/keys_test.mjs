import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import { open_browser, visit } from "./browser.mjs";
import { Node } from "./node.mjs";

let browser;
let node;
let narrow;
let wide;
before(async () => {
  node = new Node();
  narrow = node.make_key("reader", ["orders:read"]);
  wide = node.make_key("operator", ["orders:read", "orders:write", "events:read", "metrics:read", "admin"]);
  browser = await open_browser();
  await node.start();
});
after(async () => {
  await browser?.close();
  await node?.end();
});

async function sign_in(page, key) {
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a node with keys asks for one, and says when it is none of its own", async () => {
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/orders");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.equal(await page.getByRole("navigation").count(), 0);
    await one.has_no_violation();
    await one.picture("sign-in");
    await sign_in(page, "ofk_0000000000000000_wrong");
    await page.getByText("does not know this key").waitFor();
  });
});

test("a narrow key shows what it may see, and nothing that it may not do", async () => {
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/orders");
    await sign_in(page, narrow);
    await one.sees("No order was placed yet");
    assert.deepEqual(await page.getByRole("navigation", { name: "Views" }).getByRole("link").allTextContents(), [
      "Flow",
      "Orders",
      "Notifications",
    ]);
    assert.equal(await page.getByRole("button", { name: "Place an order" }).count(), 0);
    assert.equal(await page.getByRole("button", { name: "Send demo traffic" }).count(), 0);
    await page.getByRole("link", { name: "Flow", exact: true }).click();
    await one.sees("needs a key with the scope admin");
    await one.go("#/subscriptions");
    await page.getByRole("alert").getByText("admin").waitFor();
    await one.has_no_violation();
  });
});

test("a wide key does everything, streams too, and is gone with the tab", async () => {
  await visit(browser, node, {}, async (one, page) => {
    await one.go("#/events");
    await sign_in(page, wide);
    await one.sees("Waiting for events");
    await page.getByRole("link", { name: "Orders", exact: true }).click();
    await page.getByRole("button", { name: "Place an order" }).click();
    await page.getByRole("button", { name: "Place order" }).click();
    await one.sees("PROCESSED");
    await page.reload();
    await one.sees("PROCESSED");
    await page.getByRole("link", { name: "Subscriptions", exact: true }).click();
    await page.getByRole("row", { name: /billing\.assess/ }).waitFor();
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, document.cookie]));
    assert.ok(!kept.includes("ofk_"));
    const other = await page.context().newPage();
    await other.goto(`${node.url}/#/orders`);
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    await other.close();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  });
});

test("a key that ends meanwhile is asked for again", async () => {
  await visit(browser, node, {}, async (one, page) => {
    const admin = { Authorization: `Bearer ${wide}` };
    const made = await node.request("POST", "/v1/admin/keys", { name: "guest", scopes: ["orders:read"] }, admin);
    await one.go("#/orders");
    await sign_in(page, made.key);
    await page.getByRole("row").first().waitFor();
    await node.request("DELETE", `/v1/admin/keys/${made.id}`, undefined, admin);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByText("The key has ended").waitFor();
  });
});
