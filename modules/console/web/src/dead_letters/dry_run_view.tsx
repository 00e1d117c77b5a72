import type { JSX } from "preact";
import type { DryRun, Row } from "../api/shapes";
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

function RowChange({ row }: { row: DryRun["rows"][number] }): JSX.Element {
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

/** What a replay would do, as a dry run of it shows. */
export function DryRunView({ dry_run }: { dry_run: DryRun }): JSX.Element {
  return (
    <section class="card" aria-live="polite">
      <h2>
        Dry run{" "}
        <Badge
          state={dry_run.wouldSucceed ? "would succeed" : "would fail again"}
          tone={dry_run.wouldSucceed ? "good" : "bad"}
        />
      </h2>
      <p class="quiet">
        Nothing was changed.{dry_run.assumes && ` It assumes ${dry_run.assumes}.`}
      </p>
      {dry_run.error && <p class="quoted">{dry_run.error}</p>}
      {dry_run.wouldSucceed && dry_run.rows.length === 0 && dry_run.events.length === 0 && (
        <p>It would change nothing.</p>
      )}
      {dry_run.rows.map((row, at) => (
        <RowChange key={at} row={row} />
      ))}
      {dry_run.rowsLeftOut > 0 && <p class="hint">{dry_run.rowsLeftOut} more rows would change.</p>}
      {dry_run.events.map((event) => (
        <div key={event.id}>
          <h3>It would publish {event.type}</h3>
          <JsonView value={event.data} label={`Payload of ${event.type}`} />
        </div>
      ))}
    </section>
  );
}
