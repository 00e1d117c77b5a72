import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, get, json } from "../api/client";
import { message_of } from "../api/problem";
import type { DeadLetterDetail, DryRun } from "../api/shapes";
import { useAct } from "../parts/act";
import { Confirmation } from "../parts/confirmation";
import { Empty, Facts, PageHead, Scroll, Trouble } from "../parts/page";
import { duration, outcome, plural } from "../parts/texts";
import { Time } from "../parts/time";
import { notify_done } from "../state/notices";
import { go, link_to } from "../state/place";
import { usePolled } from "../state/polling";
import { PayloadEditor, type Edited } from "./payload_editor";
import { DryRunView } from "./dry_run_view";

const pause_ms = 5000;

function History({ letter }: { letter: DeadLetterDetail }): JSX.Element {
  return (
    <Scroll label="Attempts">
      <table>
        <thead>
          <tr>
            <th class="number">Attempt</th>
            <th>Began</th>
            <th class="number">Took</th>
            <th>Outcome</th>
          </tr>
        </thead>
        <tbody>
          {letter.history.map((one) => (
            <tr key={`${one.attempt} ${one.startedAt}`}>
              <td class="number">{one.attempt}</td>
              <td>
                <Time at={one.startedAt} />
              </td>
              <td class="number">{duration(one.durationMs)}</td>
              <td class="text">{outcome(one)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function ParkedBehind({ letter }: { letter: DeadLetterDetail }): JSX.Element {
  if (letter.parkedBehind.length === 0) return <p class="quiet">Nothing waits behind it.</p>;
  return (
    <ul class="plain">
      {letter.parkedBehind.map((one) => (
        <li key={one.sequence}>
          {one.kind} <span class="quiet">at place {one.sequence}</span>
        </li>
      ))}
    </ul>
  );
}

function schema_path_of(letter: DeadLetterDetail): string {
  return letter.event.dataschema?.replace(/^orderflow:/, "") ?? `/v1/schemas/${letter.kind}/1`;
}

function Desk({ letter }: { letter: DeadLetterDetail }): JSX.Element {
  const [edited, keep] = useState<Edited>({ payload: letter.payload, is_changed: false, is_valid: true });
  const [dry_run, show] = useState<DryRun | undefined>(undefined);
  const [asked, ask_for] = useState<"replay" | "discard" | undefined>(undefined);
  const { busy, error, run } = useAct();
  const path = `/v1/admin/dead-letters/${encodeURIComponent(letter.id)}`;
  const body = edited.is_changed ? { body: { payload: edited.payload } } : {};
  const close = (): void => ask_for(undefined);
  const show_dry_run = (): Promise<boolean> =>
    run(async () => {
      show(undefined);
      show(await json<DryRun>("POST", `${path}/replay`, { query: { dry: "true" }, ...body }));
    });
  const replay = async (): Promise<void> => {
    await ask("POST", `${path}/replay`, body);
    notify_done("It is being tried again.");
    go("orders", letter.key);
  };
  const discard = async (reason: string): Promise<void> => {
    await ask("DELETE", path, { query: { reason } });
    notify_done("The letter is discarded.");
    go("dead-letters");
  };
  return (
    <>
      <PayloadEditor
        payload={letter.payload}
        logged={letter.event.data}
        editable={letter.editable}
        schema_path={schema_path_of(letter)}
        edited={keep}
      />
      <div class="actions">
        <button type="button" disabled={busy || !edited.is_valid} onClick={() => void show_dry_run()}>
          {busy ? "Trying…" : "Dry run"}
        </button>
        <button type="button" class="primary" disabled={!edited.is_valid} onClick={() => ask_for("replay")}>
          {edited.is_changed ? "Replay as edited…" : "Replay…"}
        </button>
        <button type="button" class="danger" onClick={() => ask_for("discard")}>
          Discard…
        </button>
      </div>
      {error !== undefined && (
        <p class="trouble" role="alert">
          {message_of(error)}
        </p>
      )}
      {dry_run && <DryRunView dry_run={dry_run} />}
      {asked === "replay" && (
        <Confirmation title="Replay this event?" verb="Replay" close={close} act={replay}>
          <p>
            {letter.subscription} tries it again, with as many attempts as a new one
            {edited.is_changed ? ", with the payload as you edited it. The edit is kept in the audit." : "."}
          </p>
          {letter.parkedBehind.length > 0 && (
            <p>{plural(letter.parkedBehind.length, "event")} parked behind it continue after it, in their order.</p>
          )}
        </Confirmation>
      )}
      {asked === "discard" && (
        <Confirmation
          title="Discard this event?"
          verb="Discard"
          dangerous
          reason={{ label: "Reason, kept in the audit", required: true }}
          close={close}
          act={discard}
        >
          <p>
            {letter.subscription} never handles it. What it would have done for the order does not happen, and events
            behind it continue. This cannot be undone.
          </p>
        </Confirmation>
      )}
    </>
  );
}

export function DeadLetterView({ id }: { id: string }): JSX.Element {
  const { value: letter, problem } = usePolled(
    (signal) => get<DeadLetterDetail>(`/v1/admin/dead-letters/${encodeURIComponent(id)}`, {}, signal),
    [id],
    pause_ms,
  );
  const is_gone = problem?.status === 404;
  return (
    <>
      <PageHead title={`Dead letter ${id}`}>
        <a href={link_to("dead-letters")}>All dead letters</a>
      </PageHead>
      {is_gone ? (
        <Empty title="It is not dead any more.">
          <p>It was replayed or discarded.</p>
        </Empty>
      ) : (
        <Trouble problem={problem} />
      )}
      {letter && !is_gone && (
        <>
          <p class="trouble">{letter.error}</p>
          <Facts
            facts={[
              ["Subscription", <a href={link_to("subscriptions", letter.subscription)}>{letter.subscription}</a>],
              ["Event", letter.kind],
              [
                "Order",
                <a class="id" href={link_to("orders", letter.key)}>
                  {letter.key}
                </a>,
              ],
              ["Attempts", letter.attempts],
              ["Failing since", <Time at={letter.failingSince} />],
              ["Edited", letter.edited ? "yes" : "no"],
            ]}
          />
          <h2>Attempts</h2>
          <History letter={letter} />
          <h2>Parked behind</h2>
          <ParkedBehind letter={letter} />
          <h2>Fix it</h2>
          <Desk key={String(letter.edited)} letter={letter} />
        </>
      )}
    </>
  );
}
