import { useEffect, useState } from "preact/hooks";

/** A value that views watch. Watchers run at once, in the order in which they came. */
export class Cell<T> {
  #value: T;
  readonly #watchers = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const watcher of [...this.#watchers]) watcher(value);
  }

  /** Returns what ends the watching. */
  watch(watcher: (value: T) => void): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }
}

export function useCell<T>(cell: Cell<T>): T {
  const [value, show] = useState(() => cell.get());
  useEffect(() => {
    show(() => cell.get());
    return cell.watch((next) => show(() => next));
  }, [cell]);
  return value;
}
