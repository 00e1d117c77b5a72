// Measures: how smooth the page stays, what it keeps in memory, and what it costs the node, while
// orders flow. No test: what it prints depends on the machine. Needs wrk.
//
//   ORDERFLOW=build/release/orderflow node speed.mjs [ORDERS_A_SECOND] [SECONDS] [VIEW...]
//
// Of each view: so many seconds in four parts with the page open; before and after, and between the parts, as
// long again without it, for the machine is faster at one moment than at another.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { open_browser, visit } from "./browser.mjs";
import { start_node } from "./node.mjs";

const [rate = "5000", seconds = "40", ...views] = process.argv.slice(2);
const parts = 4;
const part_seconds = Math.max(1, Math.round(Number(seconds) / parts));
const connections = "64";

/** Places orders at the rate for one part; tells how many a second were accepted. */
async function flood(url) {
  const script = fileURLToPath(new URL("flood.lua", import.meta.url));
  const flags = ["-t1", `-c${connections}`, `-d${part_seconds}s`, "-s", script, url, "--", rate];
  const { stdout } = await promisify(execFile)("wrk", flags);
  return Number(/accepted=(\d+)/.exec(stdout)[1]);
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

const mean = (figures) => figures.reduce((sum, one) => sum + one, 0) / figures.length;
const shown = (figures) => figures.map((one) => one.toFixed(0)).join(" ");

async function measure(browser, node, view) {
  const without = [await flood(node.url)];
  const accepted = [];
  const frames = [];
  const heaps = [];
  let slowest_ms = 0;
  for (let part = 0; part < parts; part += 1) {
    await visit(browser, node, {}, async (one, page) => {
      await one.go(view);
      const client = await page.context().newCDPSession(page);
      const heap_mb = async () => {
        await client.send("HeapProfiler.collectGarbage");
        const { usedSize } = await client.send("Runtime.getHeapUsage");
        return usedSize / 1e6;
      };
      const loading = flood(node.url);
      await wait(500);
      const counted = await page.evaluate(count_frames, part_seconds * 1000 - 1000);
      accepted.push(await loading);
      frames.push(counted.fps);
      slowest_ms = Math.max(slowest_ms, counted.slowest_ms);
      heaps.push(await heap_mb());
    });
    without.push(await flood(node.url));
  }
  const loss = 100 * (1 - mean(accepted) / mean(without));
  console.log(
    `${view}: frames/s ${shown(frames)}, slowest frame ${slowest_ms.toFixed(0)} ms; heap ${heaps.map((one) => one.toFixed(1)).join(" ")} MB; ` +
      `orders/s ${shown(accepted)} with the page, ${shown(without)} without: ${loss.toFixed(1)} % less`,
  );
}

/** One page, open all the time while orders flow. */
async function measure_memory(browser, node, view) {
  await visit(browser, node, {}, async (one, page) => {
    await one.go(view);
    const client = await page.context().newCDPSession(page);
    const heaps = [];
    for (let part = 0; part < parts * 2; part += 1) {
      await flood(node.url);
      await client.send("HeapProfiler.collectGarbage");
      heaps.push((await client.send("Runtime.getHeapUsage")).usedSize / 1e6);
    }
    console.log(`${view}, open for ${part_seconds * parts * 2} s: heap ${heaps.map((heap) => heap.toFixed(1)).join(" ")} MB`);
  });
}

const browser = await open_browser();
try {
  for (const view of views.length ? views : ["#/flow", "#/orders", "#/events", "#/subscriptions"]) {
    const node = await start_node({ ORDERFLOW_NOTIFICATIONS_CHANNEL: "none" });
    try {
      await measure(browser, node, view);
      await measure_memory(browser, node, view);
    } finally {
      await node.end();
    }
  }
} finally {
  await browser.close();
}
