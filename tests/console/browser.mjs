// Debian's Chromium, and what every test wants of a page: no error on its console, no request to
// another host, no violation that axe finds.
import { strict as assert } from "node:assert";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const pictures = process.env.ORDERFLOW_PICTURES ?? "pictures";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** What a lost connection or a refusal that a test provokes makes the browser say. */
const expected_noise = /Failed to load resource/;

export async function open_browser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

export class Visit {
  #faults = [];

  static async begin(browser, node, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const visit = new Visit();
    visit.node = node;
    visit.context = context;
    visit.page = await context.newPage();
    visit.page.setDefaultTimeout(15_000);
    visit.page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()) && !expected_noise.test(message.text())) {
        visit.#faults.push(message.text());
      }
    });
    visit.page.on("pageerror", (error) => visit.#faults.push(String(error)));
    visit.page.on("dialog", (dialog) => {
      visit.#faults.push(`a script spoke: ${dialog.message()}`);
      void dialog.dismiss();
    });
    visit.page.on("request", (request) => {
      if (new URL(request.url()).host !== new URL(node.url).host) visit.#faults.push(`asked ${request.url()}`);
    });
    return visit;
  }

  async go(place) {
    await this.page.goto(`${this.node.url}/${place}`);
    // The first: what a page shows of others, such as a mail, may have one of its own.
    await this.page.getByRole("heading", { level: 1 }).first().waitFor();
  }

  /** Waits until a text is seen somewhere in the page's main part. */
  sees(text) {
    return this.page.getByRole("main").getByText(text).filter({ visible: true }).first().waitFor();
  }

  async has_no_violation() {
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(() =>
      globalThis.axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        resultTypes: ["violations"],
      }),
    );
    const told = found.violations.map(
      (one) => `${one.id}: ${one.help}\n  ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join("\n  ")}`,
    );
    assert.equal(told.join("\n"), "");
  }

  async is_not_wider_than_the_screen() {
    const [wide, room] = await this.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(wide <= room, `the page is ${wide} wide on a screen of ${room}`);
  }

  async picture(name) {
    mkdirSync(pictures, { recursive: true });
    await this.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  }

  /** Ends the visit; fails where anything went wrong in the page. */
  async end() {
    await this.context.close();
    assert.deepEqual(this.#faults, []);
  }
}

/** `Promise` of what a test does with a page of its own. */
export async function visit(browser, node, options, work) {
  const one = await Visit.begin(browser, node, options);
  try {
    await work(one, one.page);
  } catch (error) {
    await one.picture(`failed-${Date.now()}`).catch(() => {});
    await one.context.close();
    throw error;
  }
  await one.end();
}
