// The pictures of the documentation, made anew: node pictures.mjs FOLDER. scripts/pictures prepares it.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { open_browser, Visit } from "./browser.mjs";
import { picture_of_an_order } from "./flow_picture.mjs";
import { start_node } from "./node.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("usage: node pictures.mjs FOLDER");

/** How long the demo runs before the picture is taken, so that the charts have a course. */
const traffic_ms = 45_000;
/** A node as it is by default, whose log nobody reads. */
const settings = {
  ORDERFLOW_BILLING_CAPTURE_DEADLINE_MS: "10000",
  ORDERFLOW_BILLING_CAPTURE_RETRY_ATTEMPTS_MAX: "10",
  ORDERFLOW_LOG_LEVEL: "off",
};

const flow = await start_node(settings);
writeFileSync(join(folder, "flow.svg"), await picture_of_an_order(flow));
await flow.end();

const node = await start_node(settings);
const demo = spawn(process.env.ORDERFLOW, ["demo", "--url", node.url, "--for", "90", "--rate", "25"], { stdio: "ignore" });
const browser = await open_browser();
try {
  const visit = await Visit.begin(browser, node, { viewport: { width: 1330, height: 904 } });
  await visit.go("");
  await new Promise((taken) => setTimeout(taken, traffic_ms));
  await visit.page.screenshot({ path: join(folder, "page.png") });
  await visit.end();
} finally {
  await browser.close();
  demo.kill();
  await node.end();
}
