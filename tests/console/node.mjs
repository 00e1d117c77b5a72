// The real executable, with a data folder of its own, on a free port.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const executable = process.env.ORDERFLOW;
if (!executable) throw new Error("ORDERFLOW names the executable");

/** Payments without an answer are given up at once, and webhooks may go to this machine. */
const settings_of_tests = {
  ORDERFLOW_BILLING_CAPTURE_DEADLINE_MS: "300",
  ORDERFLOW_BILLING_CAPTURE_RETRY_ATTEMPTS_MAX: "2",
  ORDERFLOW_BILLING_CAPTURE_RETRY_FIRST_DELAY_MS: "100",
  ORDERFLOW_BILLING_FRAUD_MAX_ORDERS: "10000",
  ORDERFLOW_NOTIFICATIONS_WEBHOOKS_ALLOW_PRIVATE: "true",
};

export class Node {
  #process;
  #folder = mkdtempSync(join(tmpdir(), "orderflow-console-"));
  #settings;
  url = "";

  constructor(settings = {}) {
    this.#settings = { ...settings_of_tests, ...settings };
  }

  /** Makes an API key with these scopes, while the node does not run. Returns its text. */
  make_key(name, scopes) {
    const flags = ["keys", "create", "--name", name, "--data", this.#folder, "--json"];
    for (const scope of scopes) flags.push("--scope", scope);
    const env = { PATH: process.env.PATH };
    const made = execFileSync(executable, flags, { cwd: this.#folder, env, encoding: "utf8" });
    return JSON.parse(made).key;
  }

  /** `port` 0 takes a free one. */
  async start(port = 0) {
    const flags = ["serve", "--port", String(port), "--data", this.#folder];
    const env = { PATH: process.env.PATH, ...this.#settings };
    const child = spawn(executable, flags, { cwd: this.#folder, env, stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) {
      const url = /^listening on (\S+)/.exec(line)?.[1];
      if (!url) continue;
      this.url = url;
      break;
    }
    child.stdout.resume();
    if (!this.url) throw new Error(`the node did not start: exit code ${child.exitCode}`);
    return this;
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  async stop(signal = "SIGTERM") {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  async end() {
    await this.stop("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get folder() {
    return this.#folder;
  }

  async request(method, path, body, headers = {}) {
    const init = { method, headers: { ...headers } };
    if (body !== undefined) {
      init.headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text && JSON.parse(text);
  }

  place(changes = {}) {
    const order = {
      userId: "ada",
      email: "ada@example.com",
      currency: "EUR",
      items: [{ productId: "book-1", quantity: 1, price: 1999 }],
    };
    return this.request("POST", "/v1/orders", { ...order, ...changes });
  }
}

export async function start_node(settings) {
  return new Node(settings).start();
}
