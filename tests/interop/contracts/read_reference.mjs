// Opens the reference page as a browser would, and tells what it shows and what it asked for.
// Usage: node read_reference.mjs URL-OF-THE-PAGE [KEY...]
// The keys are given one after the other, each when the page asks for one.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { JSDOM, ResourceLoader, VirtualConsole } from "jsdom";

const [address, ...keys] = process.argv.slice(2);
const requested = [];
const complaints = [];

class Recorder extends ResourceLoader {
  fetch(url, options) {
    requested.push(url);
    return super.fetch(url, options);
  }
}

const virtualConsole = new VirtualConsole();
virtualConsole.on("jsdomError", (error) => complaints.push(String(error.message)));

const page = await JSDOM.fromURL(address, {
  resources: new Recorder(),
  runScripts: "dangerously",
  pretendToBeVisual: true,
  virtualConsole,
  beforeParse(window) {
    window.fetch = (target, options) => {
      const url = new URL(target, window.location.href).href;
      requested.push(url);
      return fetch(url, options);
    };
  },
});
const { document } = page.window;

async function wait(isThere) {
  for (let turns = 0; !isThere(); ++turns) {
    if (turns > 600) throw new Error(`not drawn: ${document.body.textContent} ${complaints}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

const refusals = [];
for (const key of keys) {
  const form = document.getElementById("sign-in");
  await wait(() => !form.hidden);
  document.getElementById("key").value = key;
  form.hidden = true;
  form.dispatchEvent(new page.window.Event("submit", { cancelable: true }));
  await wait(() => !form.hidden || document.body.dataset.drawn);
  refusals.push(document.body.dataset.drawn ? "" : document.getElementById("refusal").textContent);
}
await wait(() => document.body.dataset.drawn);

const input = document.getElementById("filter");
const visible = () => [...document.querySelectorAll("nav li")].filter((item) => !item.hidden).length;
const press = (key) =>
  document.activeElement.dispatchEvent(new page.window.KeyboardEvent("keydown", { key, bubbles: true }));
const items = visible();
press("/");
const focused = document.activeElement === input;
input.value = "refund";
input.dispatchEvent(new page.window.Event("input", { bubbles: true }));
const filtered = visible();
press("Escape");

/// The colours of the style sheet: the ratio of contrast of each ink to what it stands on (WCAG 2.2, 1.4.3), in
/// the light scheme and in the dark one.
function contrasts(css) {
  const luminance = (hex) => {
    const [red, green, blue] = [1, 3, 5]
      .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  return [...css.matchAll(/:root {([^}]*)}/g)].map(([, declarations]) => {
    const colours = Object.fromEntries([...declarations.matchAll(/--([a-z]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]));
    const { paper, block, line, ...inks } = colours;
    return Math.min(...Object.values(inks).flatMap((ink) => [paper, block].map((ground) => {
      const [dark, light] = [luminance(ink), luminance(ground)].sort((one, other) => one - other);
      return (light + 0.05) / (dark + 0.05);
    })));
  });
}

const css = await (await fetch(new URL("/docs/reference.css", address))).text();

const hrefs = [...document.querySelectorAll("[href], [src]")].map((one) => one.href || one.src);
const shown = {
  articles: [...document.querySelectorAll("article")].map((article) => article.id),
  text: document.getElementById("placeOrder")?.textContent ?? "",
  broken: [...document.querySelectorAll('nav a[href^="#"]')]
    .filter((link) => !document.getElementById(decodeURIComponent(link.hash.slice(1))))
    .map((link) => link.hash),
  hosts: [...new Set([...requested, ...hrefs].map((url) => new URL(url, address).host))],
  requested: requested.map((url) => new URL(url).pathname),
  refusals,
  items, focused, filtered, cleared: visible(), complaints,
  contrasts: contrasts(css),
};

// What axe knows of accessibility, but for what takes a layout. It is slow: two articles of a section stand for all,
// which one function draws.
for (const article of document.querySelectorAll("article:nth-of-type(n+3)")) article.remove();
page.window.eval(await readFile(createRequire(import.meta.url).resolve("axe-core"), "utf8"));
const checked = await page.window.axe.run(document, {
  resultTypes: ["violations"],
  rules: { "color-contrast": { enabled: false }, "scrollable-region-focusable": { enabled: false } },
});
const barriers = checked.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes[0].html}`);
console.log(JSON.stringify({ ...shown, barriers, passed: checked.passes.length }));
page.window.close();
