import { get } from "../api/client";
import type { SchemaEntry } from "../api/shapes";
import { Cell } from "./cell";

/** The kinds of events there are, in the order of their names. */
export const schemas = new Cell<SchemaEntry[]>([]);

let asked = false;

export function load_schemas(): void {
  if (asked) return;
  asked = true;
  get<{ schemas: SchemaEntry[] }>("/v1/schemas").then(
    (answer) => schemas.set(answer.schemas),
    () => {
      asked = false;
    },
  );
}
