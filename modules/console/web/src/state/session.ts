import { exchange, on_refused_key, use_key } from "../api/client";
import { Cell, useCell } from "./cell";

export const all_scopes = ["orders:read", "orders:write", "events:read", "metrics:read", "admin"] as const;
export type Scope = (typeof all_scopes)[number];

export interface Session {
  state: "beginning" | "unreachable" | "needs-key" | "begun";
  /** Whether a key is in use; a node without keys is open to the user of its machine. */
  has_key: boolean;
  scopes: ReadonlySet<Scope>;
  /** Why a key is asked for, where one was refused. */
  refusal: string;
}

const place_of_key = "orderflow.key";
const nothing: ReadonlySet<Scope> = new Set();

export const session = new Cell<Session>({
  state: "beginning",
  has_key: false,
  scopes: nothing,
  refusal: "",
});

/** Each asks for something that the scope opens and that changes nothing. */
const proofs: [Scope, string, string][] = [
  ["orders:read", "HEAD", "/v1/orders?limit=1"],
  ["events:read", "HEAD", "/v1/schemas"],
  ["metrics:read", "HEAD", "/metrics"],
  // An order without a field is refused as not valid, after the key was looked at.
  ["orders:write", "POST", "/v1/orders"],
];

async function opens(method: string, path: string): Promise<number> {
  const body = method === "POST" ? { body: {} } : {};
  const response = await exchange(method, path, body);
  await response.body?.cancel();
  return response.status;
}

function key_is_wanted(refusal: string): void {
  sessionStorage.removeItem(place_of_key);
  use_key("");
  session.set({ state: "needs-key", has_key: false, scopes: nothing, refusal });
}

/** Finds out whether keys are on, and what the one at hand may do. */
export async function begin_session(): Promise<void> {
  const key = sessionStorage.getItem(place_of_key) ?? "";
  use_key(key);
  try {
    const administration = await opens("GET", "/v1/admin/subscriptions");
    if (administration === 401) {
      key_is_wanted(key ? "The node does not know this key, or it has ended." : "");
      return;
    }
    const scopes = new Set<Scope>();
    if (administration < 400) scopes.add("admin");
    if (key) {
      const statuses = await Promise.all(proofs.map(([, method, path]) => opens(method, path)));
      proofs.forEach(([scope], at) => {
        if (statuses[at] !== 401 && statuses[at] !== 403) scopes.add(scope);
      });
    } else {
      for (const scope of all_scopes) scopes.add(scope);
    }
    session.set({ state: "begun", has_key: key !== "", scopes, refusal: "" });
  } catch {
    session.set({ state: "unreachable", has_key: key !== "", scopes: nothing, refusal: "" });
  }
}

/** The key is kept until the tab is closed, and nowhere else. */
export async function sign_in(key: string): Promise<void> {
  sessionStorage.setItem(place_of_key, key);
  await begin_session();
}

export function sign_out(): void {
  key_is_wanted("");
}

on_refused_key(() => {
  if (session.get().state === "begun") key_is_wanted("The key has ended, or keys were turned on.");
});

export function useScope(scope: Scope): boolean {
  return useCell(session).scopes.has(scope);
}
