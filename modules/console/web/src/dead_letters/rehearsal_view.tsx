import type { JSX } from "preact";
import type { Rehearsal, Row } from "../api/shapes";
import { Badge } from "../parts/badge";
import { JsonView } from "../parts/json_view";
import { Scroll } from "../parts/page";

const shown = (value: unknown): string =>
  value === null || value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value);

interface Difference {
  column: string;
  before: unknown;
  after: unknown;
}

/** Of an update the columns that change; of anything else all. */
function differences(before: Row, after: Row): Difference[] {
  const columns = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return columns
    .map((column) => ({ column, before: before?.[column], after: after?.[column] }))
    .filter((one) => !before || !after || shown(one.before) !== shown(one.after));
}

const verbs = { insert: "A new row in", update: "A change in", delete: "A row less in" };

function RowChange({ row }: { row: Rehearsal["rows"][number] }): JSX.Element {
  return (
    <Scroll label={`${verbs[row.change]} ${row.table}`}>
      <table class="change">
        <caption>
          {verbs[row.change]} <code>{row.table}</code>
        </caption>
        <thead>
          <tr>
            <th>Column</th>
            <th>Before</th>
            <th>After</th>
          </tr>
        </thead>
        <tbody>
          {differences(row.before, row.after).map((one) => (
            <tr key={one.column}>
              <td>{one.column}</td>
              <td class="text">{shown(one.before)}</td>
              <td class="text">{shown(one.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** What a replay would do, as a dry run of it tells. */
export function RehearsalView({ rehearsal }: { rehearsal: Rehearsal }): JSX.Element {
  return (
    <section class="card" aria-live="polite">
      <h2>
        Dry run{" "}
        <Badge
          state={rehearsal.wouldSucceed ? "would succeed" : "would fail again"}
          tone={rehearsal.wouldSucceed ? "good" : "bad"}
        />
      </h2>
      <p class="quiet">
        Nothing was changed.{rehearsal.assumes && ` It assumes ${rehearsal.assumes}.`}
      </p>
      {rehearsal.error && <p class="quoted">{rehearsal.error}</p>}
      {rehearsal.wouldSucceed && rehearsal.rows.length === 0 && rehearsal.events.length === 0 && (
        <p>It would change nothing.</p>
      )}
      {rehearsal.rows.map((row, at) => (
        <RowChange key={at} row={row} />
      ))}
      {rehearsal.rowsLeftOut > 0 && <p class="hint">{rehearsal.rowsLeftOut} more rows would change.</p>}
      {rehearsal.events.map((event) => (
        <div key={event.id}>
          <h3>It would say {event.type}</h3>
          <JsonView value={event.data} label={`Payload of ${event.type}`} />
        </div>
      ))}
    </section>
  );
}
