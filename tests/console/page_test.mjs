import { strict as assert } from "node:assert";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
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

function ask(path, headers = {}, method = "GET") {
  return new Promise((done, fail) => {
    request(node.url + path, { headers, method }, (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("end", () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces) }));
    })
      .on("error", fail)
      .end();
  });
}

async function files_of_the_page() {
  const index = gunzipSync((await ask("/", { "Accept-Encoding": "gzip" })).body).toString();
  return [...index.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]);
}

test("the page is asked for anew each time, and what it needs is kept for ever", async () => {
  assert.equal((await ask("/", { "Accept-Encoding": "gzip" })).headers["cache-control"], "no-cache");
  const files = await files_of_the_page();
  assert.equal(files.length, 3);
  for (const path of files) {
    assert.match(path, /-[0-9a-f]{16}\./);
    const { status, headers } = await ask(path, { "Accept-Encoding": "br" });
    assert.equal(status, 200);
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
  }
});

test("each file comes as the client takes it, and is the same", async () => {
  for (const path of ["/", ...(await files_of_the_page())]) {
    const brotli = await ask(path, { "Accept-Encoding": "gzip, deflate, br;q=0.5" });
    const gzip = await ask(path, { "Accept-Encoding": "gzip, br;q=0" });
    assert.equal(brotli.headers["content-encoding"], "br");
    assert.equal(gzip.headers["content-encoding"], "gzip");
    assert.equal(gzip.headers["vary"], "Accept-Encoding");
    assert.deepEqual(brotliDecompressSync(brotli.body), gunzipSync(gzip.body));
    assert.equal((await ask(path)).headers["content-encoding"], "gzip");
    assert.equal((await ask(path, { "Accept-Encoding": "br;q=0, gzip;q=0" })).status, 406);
    assert.equal((await ask(path, { "Accept-Encoding": "gzip" }, "HEAD")).body.length, 0);
  }
});

test("nothing foreign can run in the page or frame it", async () => {
  const { headers } = await ask("/", { "Accept-Encoding": "gzip" });
  const policy = headers["content-security-policy"];
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]) {
    assert.ok(policy.includes(part), part);
  }
  assert.ok(!policy.includes("unsafe"));
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["referrer-policy"], "no-referrer");
  assert.equal(headers["x-frame-options"], "DENY");
});

test("less than 150 kB come over, and something is seen within a second", async () => {
  let bytes = 0;
  for (const path of ["/", ...(await files_of_the_page())]) bytes += (await ask(path, { "Accept-Encoding": "gzip" })).body.length;
  assert.ok(bytes < 150_000, `${bytes} bytes`);
  await visit(browser, node, {}, async (one, page) => {
    await one.go("");
    const painted_ms = await page.evaluate(
      () =>
        new Promise((told) => {
          new PerformanceObserver((list) => told(list.getEntries()[0].startTime)).observe({ type: "paint", buffered: true });
        }),
    );
    console.log(`${bytes} bytes compressed, first paint after ${Math.round(painted_ms)} ms`);
    assert.ok(painted_ms < 1000, `${painted_ms} ms`);
  });
});
