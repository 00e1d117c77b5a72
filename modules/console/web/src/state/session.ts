import { get, on_refused_key, use_key } from "../api/client";
import { Problem } from "../api/problem";
import { Cell, useCell } from "./cell";

export type Scope = "orders:read" | "orders:write" | "events:read" | "metrics:read" | "admin";

export interface Session {
  state: "beginning" | "unreachable" | "needs-key" | "begun";
  /** Whether a key is in use; a node without keys is open to the user of its machine. */
  has_key: boolean;
  /** The key's name. */
  name: string;
  scopes: ReadonlySet<Scope>;
  /** Why a key is asked for, where one was refused. */
  refusal: string;
}

const place_of_key = "orderflow.key";
const nothing: ReadonlySet<Scope> = new Set();

export const session = new Cell<Session>({
  state: "beginning",
  has_key: false,
  name: "",
  scopes: nothing,
  refusal: "",
});

interface OwnKey {
  required: boolean;
  name: string;
  scopes: Scope[];
}

function key_is_wanted(refusal: string): void {
  sessionStorage.removeItem(place_of_key);
  use_key("");
  session.set({ state: "needs-key", has_key: false, name: "", scopes: nothing, refusal });
}

/** Finds out whether keys are on, and what the one at hand may do. */
export async function begin_session(): Promise<void> {
  const key = sessionStorage.getItem(place_of_key) ?? "";
  use_key(key);
  try {
    const own = await get<OwnKey>("/v1/key");
    session.set({ state: "begun", has_key: key !== "", name: own.name, scopes: new Set(own.scopes), refusal: "" });
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      key_is_wanted(key ? "The node does not know this key, or it has ended." : "");
    } else {
      session.set({ ...session.get(), state: "unreachable" });
    }
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
