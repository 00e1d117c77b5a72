import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { CloudEvent } from "../api/shapes";
import { Badge } from "../parts/badge";
import { Empty, PageHead, Trouble } from "../parts/page";
import { count, plural, short_id } from "../parts/texts";
import { Time } from "../parts/time";
import { VirtualList } from "../parts/virtual_list";
import { useCell } from "../state/cell";
import { place, refine } from "../state/place";
import { load_schemas, schemas } from "../state/schemas";
import { EventDetail } from "./event_detail";
import { event_of, Tail, type TailFilter, type TailRow, type TailState } from "./tail";

const row_height = 34;

/** A tail for a filter, which rests while nobody looks at the page. */
function useTail(filter: TailFilter): Tail {
  const tail = useMemo(() => new Tail(filter), [filter.kind, filter.key]);
  useEffect(() => {
    const seen = (): void => {
      if (tail.state.get().mode === "paused") return;
      if (document.hidden) tail.stop();
      else tail.resume();
    };
    seen();
    document.addEventListener("visibilitychange", seen);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      tail.stop();
    };
  }, [tail]);
  return tail;
}

function Filters({ filter }: { filter: TailFilter }): JSX.Element {
  const known = useCell(schemas);
  const [key, write] = useState(filter.key);
  useEffect(() => write(filter.key), [filter.key]);
  const change = (part: Partial<TailFilter>): void => refine({ ...filter, ...part });
  const submit = (event: Event): void => {
    event.preventDefault();
    change({ key: key.trim() });
  };
  return (
    <form class="filters" onSubmit={submit}>
      <label class="field">
        <span>Kind</span>
        <select value={filter.kind} onChange={(event) => change({ kind: event.currentTarget.value })}>
          <option value="">Every kind</option>
          {known.map(({ kind }) => (
            <option key={kind} value={kind}>
              {kind}
            </option>
          ))}
        </select>
      </label>
      <label class="field grows">
        <span>Order id</span>
        <input type="search" value={key} onInput={(event) => write(event.currentTarget.value)} onChange={submit} />
      </label>
    </form>
  );
}

interface RowProps {
  row: TailRow;
  chosen: boolean;
  choose: (event: CloudEvent) => void;
}

function Row({ row, chosen, choose }: RowProps): JSX.Element {
  if (row.type === "restored")
    return <div class="tail-row gap">The log was restored from a backup: what follows place {row.seq} of it.</div>;
  if (row.type === "gap") return <div class="tail-row gap">{plural(row.missed, "place")} of the log not shown</div>;
  const event = event_of(row);
  return (
    <button type="button" class="tail-row" aria-pressed={chosen} onClick={() => choose(event)}>
      <span class="number">{row.seq}</span>
      <Time at={event.time} />
      <span class="kind">{row.kind}</span>
      <span class="id" title={event.subject}>
        {short_id(event.subject)}
      </span>
    </button>
  );
}

function Mode({ state }: { state: TailState }): JSX.Element {
  if (state.mode === "paused") return <Badge state="paused" tone="warn" />;
  if (state.mode === "sampled") return <Badge state="sampled: too fast to show all" tone="warn" />;
  return <Badge state="live" tone="good" />;
}

export function EventsView(): JSX.Element {
  const { query } = useCell(place);
  const filter: TailFilter = { kind: query.get("kind") ?? "", key: query.get("key") ?? "" };
  const tail = useTail(filter);
  const state = useCell(tail.state);
  const [chosen, choose] = useState<CloudEvent | undefined>(undefined);
  // Who has scrolled away reads what stood there then; the list does not move under the eyes.
  const [held, hold] = useState<readonly TailRow[] | undefined>(undefined);
  useEffect(load_schemas, []);
  useEffect(() => hold(undefined), [tail]);
  const rows = held ?? state.rows;
  const newer = held ? state.rows.length - 1 - state.rows.findLastIndex((row) => row === held.at(-1)) : 0;
  return (
    <>
      <PageHead title="Events">
        <Mode state={state} />
        {state.mode === "paused" ? (
          <button type="button" onClick={() => tail.resume()}>
            Resume
          </button>
        ) : (
          <button type="button" onClick={() => tail.pause()}>
            Pause
          </button>
        )}
      </PageHead>
      <Filters filter={filter} />
      <Trouble problem={state.problem} />
      <div class={chosen ? "tail with-detail" : "tail"}>
        <div class="tail-list">
          {rows.length === 0 && (
            <Empty title={state.mode === "paused" ? "Paused" : "Waiting for events"}>
              <p>What happens from now on is shown here, the newest on top.</p>
            </Empty>
          )}
          {rows.length > 0 && (
            <VirtualList
              length={rows.length}
              row_height={row_height}
              label="Events, the newest first"
              at_top={(is_at_top) => hold((before) => (is_at_top ? undefined : (before ?? tail.state.get().rows)))}
              row={(at) => {
                const row = rows[rows.length - 1 - at] as TailRow;
                const is_chosen = row.type === "event" && String(row.seq) === chosen?.sequence;
                return <Row key={`${row.type}${row.seq}`} row={row} chosen={is_chosen} choose={choose} />;
              }}
            />
          )}
          <p class="hint" aria-live="off">
            {held ? `${count(newer)} newer; scroll to the top to continue.` : `${plural(rows.length, "row")} kept.`}
          </p>
        </div>
        {chosen && <EventDetail event={chosen} close={() => choose(undefined)} />}
      </div>
    </>
  );
}
