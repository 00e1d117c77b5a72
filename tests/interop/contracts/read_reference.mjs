// Opens the reference page as a browser would, and tells what it shows and what it asked for.
// Usage: node read_reference.mjs URL-OF-THE-PAGE
import { JSDOM, ResourceLoader, VirtualConsole } from "jsdom";

const address = process.argv[2];
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

for (let turns = 0; !document.body.dataset.drawn; ++turns) {
  if (turns > 600) throw new Error(`not drawn: ${document.body.textContent} ${complaints}`);
  await new Promise((resume) => setTimeout(resume, 50));
}

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

const hrefs = [...document.querySelectorAll("[href], [src]")].map((one) => one.href || one.src);
console.log(JSON.stringify({
  articles: [...document.querySelectorAll("article")].map((article) => article.id),
  text: document.getElementById("placeOrder")?.textContent ?? "",
  broken: [...document.querySelectorAll('nav a[href^="#"]')]
    .filter((link) => !document.getElementById(decodeURIComponent(link.hash.slice(1))))
    .map((link) => link.hash),
  hosts: [...new Set([...requested, ...hrefs].map((url) => new URL(url, address).host))],
  requested: requested.map((url) => new URL(url).pathname),
  items, focused, filtered, cleared: visible(), complaints,
}));
page.window.close();
