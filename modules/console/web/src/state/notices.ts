import { told } from "../api/problem";
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

function say(kind: Notice["kind"], text: string): void {
  const number = ++last;
  notices.set([...notices.get(), { number, kind, text }].slice(-notices_max));
  if (kind === "done") setTimeout(() => dismiss(number), shown_ms);
}

export const say_done = (text: string): void => say("done", text);
export const say_failed = (error: unknown): void => say("failed", told(error));

export function dismiss(number: number): void {
  notices.set(notices.get().filter((notice) => notice.number !== number));
}
