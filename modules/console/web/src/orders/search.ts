const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const is_id = (text: string): boolean => uuid.test(text);

/**
 * An id that is greater than any of the time before and less than any after: ids are UUIDv7 and begin
 * with their time, so a page "after" this id begins with the orders of that time.
 */
export function id_at(ms: number): string {
  const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7fff-bfff-ffffffffffff`;
}

export interface Search {
  user: string;
  status: string;
  /** What `<input type="datetime-local">` gives, in the viewer's zone. */
  from: string;
  until: string;
}

export function read_search(query: URLSearchParams): Search {
  const value = (name: string): string => query.get(name) ?? "";
  return { user: value("user"), status: value("status"), from: value("from"), until: value("until") };
}
