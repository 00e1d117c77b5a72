import type { JSX } from "preact";
import { useState } from "preact/hooks";

/** Pages that are found by where the one before ended, so that the thousandth costs what the first does. */
export interface Pages {
  after: string;
  number: number;
  forward: (next: string) => void;
  back: () => void;
  restart: () => void;
}

export function usePages(): Pages {
  const [ends, go] = useState<string[]>([]);
  return {
    after: ends.at(-1) ?? "",
    number: ends.length + 1,
    forward: (next) => go([...ends, next]),
    back: () => go(ends.slice(0, -1)),
    restart: () => go([]),
  };
}

interface Props {
  pages: Pages;
  next: string | null | undefined;
}

export function Pager({ pages, next }: Props): JSX.Element | null {
  if (pages.number === 1 && !next) return null;
  return (
    <nav class="pager" aria-label="Pages">
      <button type="button" disabled={pages.number === 1} onClick={pages.restart}>
        Newest
      </button>
      <button type="button" disabled={pages.number === 1} onClick={pages.back}>
        Newer
      </button>
      <span>Page {pages.number}</span>
      <button type="button" disabled={!next} onClick={() => next && pages.forward(next)}>
        Older
      </button>
    </nav>
  );
}
