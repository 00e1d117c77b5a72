import { get } from "../api/client";
import type { DeadLetter } from "../api/shapes";

/** Dead letters of one subscription that failed in the same way. */
export interface Group {
  subscription: string;
  error: string;
  letters: DeadLetter[];
}

export interface LetterList {
  groups: Group[];
  /** Whether there are more than were read. */
  more: boolean;
  read: number;
}

const page_size = 100;
const letters_max = 500;

interface Page {
  deadLetters: DeadLetter[];
  next: string | null;
}

export async function read_letters(subscription: string, signal: AbortSignal): Promise<LetterList> {
  const letters: DeadLetter[] = [];
  let after = "";
  do {
    const page: Page = await get("/v1/admin/dead-letters", { subscription, limit: page_size, after }, signal);
    letters.push(...page.deadLetters);
    after = page.next ?? "";
  } while (after && letters.length < letters_max);
  return { groups: grouped(letters), more: after !== "", read: letters.length };
}

function grouped(letters: DeadLetter[]): Group[] {
  const groups = new Map<string, Group>();
  for (const letter of letters) {
    const name = JSON.stringify([letter.subscription, letter.error]);
    const group = groups.get(name);
    if (group) group.letters.push(letter);
    else groups.set(name, { subscription: letter.subscription, error: letter.error, letters: [letter] });
  }
  return [...groups.values()].sort((a, b) => b.letters.length - a.letters.length);
}
