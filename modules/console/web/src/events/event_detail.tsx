import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { get } from "../api/client";
import { message_of } from "../api/problem";
import type { CloudEvent } from "../api/shapes";
import { Dialog } from "../parts/dialog";
import { JsonView } from "../parts/json_view";
import { Facts } from "../parts/page";
import { Time } from "../parts/time";
import { link_to } from "../state/place";
import { usePolled } from "../state/polling";
import { useScope } from "../state/session";

export const schema_path_of = (event: CloudEvent): string => (event.dataschema ?? "").replace(/^orderflow:/, "");

export function SchemaDialog({ path, close }: { path: string; close: () => void }): JSX.Element {
  const { value, problem } = usePolled((signal) => get<unknown>(path, {}, signal), [path], 0);
  return (
    <Dialog title={`Schema ${path.replace("/v1/schemas/", "")}`} close={close} wide>
      {problem && <p class="trouble">{message_of(problem)}</p>}
      {value !== undefined && <JsonView value={value} label="Schema" />}
    </Dialog>
  );
}

/** One event with its payload. */
export function EventDetail({ event, close }: { event: CloudEvent; close: () => void }): JSX.Element {
  const [schema, show_schema] = useState(false);
  const may_read_orders = useScope("orders:read");
  return (
    <aside class="card detail" aria-label={`Event ${event.sequence}`}>
      <div class="card-head">
        <h2 class="grows">{event.type}</h2>
        <button type="button" class="icon" aria-label="Close the event" onClick={close}>
          ×
        </button>
      </div>
      <Facts
        facts={[
          ["Place", event.sequence],
          ["At", <Time at={event.time} />],
          ["Source", event.source],
          ["Key", <span class="id">{event.subject}</span>],
        ]}
      />
      <p class="actions">
        {may_read_orders && <a href={link_to("orders", event.subject)}>Timeline of the order</a>}
        {event.dataschema && (
          <button type="button" class="small" onClick={() => show_schema(true)}>
            Schema
          </button>
        )}
      </p>
      <JsonView value={event.data} label="Payload" />
      {schema && <SchemaDialog path={schema_path_of(event)} close={() => show_schema(false)} />}
    </aside>
  );
}
