import { message_of } from "../api/problem";
import { Cell } from "./cell";

export interface Notice {
  number: number;
  kind: "done" | "failed";
  text: string;
}

const shown_ms = 7000;
const notices_max = 4;

export const notices = new Cell<Notice[]>([]);
let last = 0;

function notify(kind: Notice["kind"], text: string): void {
  const number = ++last;
  notices.set([...notices.get(), { number, kind, text }].slice(-notices_max));
  if (kind === "done") setTimeout(() => dismiss(number), shown_ms);
}

export const notify_done = (text: string): void => notify("done", text);
export const notify_failed = (error: unknown): void => notify("failed", message_of(error));

export function dismiss(number: number): void {
  notices.set(notices.get().filter((notice) => notice.number !== number));
}
