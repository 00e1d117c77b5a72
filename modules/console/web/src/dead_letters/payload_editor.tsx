import type { JSX } from "preact";
import { useEffect, useId, useMemo, useState } from "preact/hooks";
import { get } from "../api/client";
import { forbidden_edits } from "../state/edit_check";
import { faults_of, type Fault, type Schema } from "../state/schema_check";

export interface Edited {
  payload: unknown;
  is_changed: boolean;
  is_valid: boolean;
}

interface Props {
  payload: unknown;
  /** The event's own payload: but for what is editable it must stay. */
  logged: unknown;
  /** JSON pointers. */
  editable: string[];
  /** The path of the payload's schema. */
  schema_path: string;
  edited: (edited: Edited) => void;
}

function read(text: string): { payload?: unknown; fault?: Fault } {
  try {
    return { payload: JSON.parse(text) as unknown };
  } catch (error) {
    return { fault: { pointer: "", text: error instanceof Error ? error.message : "is not JSON" } };
  }
}

function useSchema(path: string): Schema | undefined {
  const [schema, keep] = useState<Schema | undefined>(undefined);
  useEffect(() => {
    const ending = new AbortController();
    get<Schema>(path, {}, ending.signal).then(keep, () => {});
    return () => ending.abort();
  }, [path]);
  return schema;
}

/** The payload as text to change, held against its schema and the logged event while it is written. */
export function PayloadEditor({ payload, logged, editable, schema_path, edited }: Props): JSX.Element {
  const before = useMemo(() => JSON.stringify(payload, null, 2), [payload]);
  const [text, write] = useState(before);
  const schema = useSchema(schema_path);
  const field = useId();
  const { payload: written, fault } = useMemo(() => read(text), [text]);
  const faults = useMemo(() => {
    if (fault) return [fault];
    const of_schema = schema ? faults_of(written, schema) : [];
    return of_schema.length > 0 ? of_schema : forbidden_edits(written, logged, editable);
  }, [written, fault, schema, logged, editable]);
  useEffect(() => {
    edited({ payload: written, is_changed: text !== before, is_valid: faults.length === 0 });
  }, [written, faults, text, before]);
  return (
    <div class="field editor">
      <label htmlFor={field}>Payload</label>
      <textarea
        id={field}
        value={text}
        rows={Math.min(24, Math.max(8, text.split("\n").length + 1))}
        spellcheck={false}
        aria-invalid={faults.length > 0}
        aria-describedby={`${field}-faults`}
        onInput={(event) => write(event.currentTarget.value)}
      />
      <p class="quiet">
        {editable.length > 0 ? `May be edited: ${editable.join(", ")}.` : "Nothing of it may be edited."}
      </p>
      <div id={`${field}-faults`} aria-live="polite">
        {faults.length > 0 ? (
          <ul class="faults">
            {faults.map((one) => (
              <li key={one.pointer + one.text}>
                {one.pointer && <code>{one.pointer}</code>} {one.text}
              </li>
            ))}
          </ul>
        ) : (
          <p class="quiet">
            {schema ? "Valid under its schema." : "The schema could not be read; the node checks the payload."}
          </p>
        )}
      </div>
    </div>
  );
}
