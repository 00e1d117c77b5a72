import { Cell } from "./cell";

/** Where the page is: `#/orders/42?status=PENDING` is the view "orders" of the thing "42". */
export interface Place {
  view: string;
  id: string;
  query: URLSearchParams;
}

export const place = new Cell<Place>(read_place());

function read_place(): Place {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const slash = path.indexOf("/");
  const view = slash < 0 ? path : path.slice(0, slash);
  const id = slash < 0 ? "" : safely_decoded(path.slice(slash + 1));
  return { view: view || "flow", id, query: new URLSearchParams(query) };
}

function safely_decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function link_to(view: string, id = "", query: Record<string, string> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== "");
  const parameters = new URLSearchParams(given).toString();
  return `#/${view}${id ? `/${encodeURIComponent(id)}` : ""}${parameters ? `?${parameters}` : ""}`;
}

export function go(view: string, id = "", query: Record<string, string> = {}): void {
  location.hash = link_to(view, id, query);
}

/** The same place with other parameters; the way back does not stop at each of them. */
export function refine(query: Record<string, string>): void {
  const { view, id } = place.get();
  history.replaceState(null, "", link_to(view, id, query));
  place.set(read_place());
}

addEventListener("hashchange", () => place.set(read_place()));
