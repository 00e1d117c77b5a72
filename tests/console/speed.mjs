// Measures: how smooth the page stays, what it keeps in memory, and what it costs the node, while
// orders flow. No test: what it prints depends on the machine.
//
//   ORDERFLOW=build/release/orderflow node speed.mjs [ORDERS_A_SECOND] [SECONDS] [VIEW...]
import { Agent, request } from "node:http";
import { open_browser, visit } from "./browser.mjs";
import { start_node } from "./node.mjs";

const [rate = "5000", seconds = "20", ...views] = process.argv.slice(2);
const connections = 32;
const agent = new Agent({ keepAlive: true, maxSockets: connections });

function place(url, number) {
  const body = JSON.stringify({
    userId: `user-${number % 5000}`,
    currency: "EUR",
    items: [{ productId: "book-1", quantity: 1, price: 1999 }],
  });
  const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
  return new Promise((done) => {
    const sent = request(`${url}/v1/orders`, { method: "POST", headers, agent }, (response) => {
      response.resume();
      response.on("end", () => done(response.statusCode === 201));
    });
    sent.on("error", () => done(false));
    sent.end(body);
  });
}

/** Places orders at a rate until it is told to stop; tells how many a second were accepted. */
function flood(url, wanted) {
  const began = performance.now();
  let sent = 0;
  let accepted = 0;
  let stopped = false;
  const one = async () => {
    while (!stopped) {
      const due = ((performance.now() - began) / 1000) * wanted;
      if (sent >= due) {
        await new Promise((go_on) => setTimeout(go_on, 1));
        continue;
      }
      sent += 1;
      if (await place(url, sent)) accepted += 1;
    }
  };
  const all = Array.from({ length: connections }, one);
  return {
    async stop() {
      stopped = true;
      await Promise.all(all);
      return accepted / ((performance.now() - began) / 1000);
    },
  };
}

const wait = (ms) => new Promise((go_on) => setTimeout(go_on, ms));

/** Runs in the page. */
function count_frames(ms) {
  return new Promise((told) => {
    const began = performance.now();
    const gaps = [];
    let last = began;
    const frame = (now) => {
      gaps.push(now - last);
      last = now;
      if (now - began < ms) requestAnimationFrame(frame);
      else told({ fps: (gaps.length / (now - began)) * 1000, slowest_ms: Math.max(...gaps) });
    };
    requestAnimationFrame(frame);
  });
}

async function measure(browser, node, view) {
  await visit(browser, node, {}, async (one, page) => {
    await one.go(view);
    const client = await page.context().newCDPSession(page);
    const heap_mb = async () => {
      await client.send("HeapProfiler.collectGarbage");
      const { usedSize } = await client.send("Runtime.getHeapUsage");
      return (usedSize / 1e6).toFixed(1);
    };
    const load = flood(node.url, Number(rate));
    await wait(2000);
    const heaps = [await heap_mb()];
    let slowest_ms = 0;
    const frames = [];
    for (let part = 0; part < 4; part += 1) {
      const counted = await page.evaluate(count_frames, (Number(seconds) * 1000) / 4);
      frames.push(counted.fps.toFixed(0));
      slowest_ms = Math.max(slowest_ms, counted.slowest_ms);
      heaps.push(await heap_mb());
    }
    const accepted = await load.stop();
    console.log(
      `${view || "#/flow"}: ${accepted.toFixed(0)} orders/s; frames/s ${frames.join(" ")}, slowest frame ` +
        `${slowest_ms.toFixed(0)} ms; heap ${heaps.join(" ")} MB`,
    );
  });
}

const browser = await open_browser();
try {
  for (const view of views.length ? views : ["#/flow", "#/orders", "#/events", "#/subscriptions"]) {
    const node = await start_node();
    try {
      const alone = flood(node.url, Number(rate));
      await wait((Number(seconds) * 1000) / 2);
      console.log(`without a page: ${(await alone.stop()).toFixed(0)} orders/s`);
      await measure(browser, node, view);
    } finally {
      await node.end();
    }
  }
} finally {
  await browser.close();
  agent.destroy();
}
