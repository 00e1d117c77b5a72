// What an edited payload changes that may not be edited. The node checks again, and more strictly.

import type { Fault } from "./schema_check";

const faults_max = 20;

type Members = Record<string, unknown>;

function is_object(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function are_same(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, place) => are_same(value, other[place]));
  }
  if (is_object(one) && is_object(other)) {
    const names = Object.keys(one);
    return (
      names.length === Object.keys(other).length &&
      names.every((name) => Object.hasOwn(other, name) && are_same(one[name], other[name]))
    );
  }
  return one === other;
}

/** The members that differ from the logged event and are not among the `editable` JSON pointers. */
export function forbidden_edits(edited: unknown, logged: unknown, editable: string[]): Fault[] {
  if (!is_object(edited) || !is_object(logged)) return [];
  const names = [...new Set([...Object.keys(logged), ...Object.keys(edited)])];
  return names
    .map((name) => ({ name, pointer: "/" + name.replaceAll("~", "~0").replaceAll("/", "~1") }))
    .filter(({ name, pointer }) => !editable.includes(pointer) && !are_same(edited[name], logged[name]))
    .slice(0, faults_max)
    .map(({ pointer }) => ({ pointer, text: "may not be edited: it must be as in the logged event" }));
}
