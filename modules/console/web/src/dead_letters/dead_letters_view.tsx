import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Empty, PageHead, Scroll, Trouble } from "../parts/page";
import { plural, short_id } from "../parts/texts";
import { Time } from "../parts/time";
import { useCell } from "../state/cell";
import { link_to, place } from "../state/place";
import { usePolled } from "../state/polling";
import { BulkReplayDialog, type Wanted } from "./bulk_replay";
import { read_letters, type Group } from "./groups";

const pause_ms = 3000;
const letters_shown = 50;
/** Of a small group the letters are seen at once. */
const open_letters_max = 5;

function GroupSection({ group, replay }: { group: Group; replay: (wanted: Wanted) => void }): JSX.Element {
  const [open, toggle] = useState(group.letters.length <= open_letters_max);
  const { subscription, error, letters } = group;
  const oldest = letters.reduce((first, one) => (one.failingSince < first ? one.failingSince : first), letters[0]?.failingSince ?? "");
  const shown = open ? letters.slice(0, letters_shown) : [];
  return (
    <section class="card">
      <div class="card-head">
        <div class="grows">
          <h2>
            {subscription} <span class="count">{plural(letters.length, "letter")}</span>
          </h2>
          <p class="quoted">{error || "No reason was given."}</p>
          <p class="quiet">
            Failing since <Time at={oldest} />
          </p>
        </div>
        <div class="actions">
          <button type="button" aria-expanded={open} onClick={() => toggle(!open)}>
            {open ? "Hide letters" : "Show letters"}
          </button>
          <button type="button" onClick={() => replay({ subscription, error, letters: letters.length })}>
            Replay all…
          </button>
        </div>
      </div>
      {open && (
        <Scroll label={`Dead letters of ${subscription}`}>
          <table>
            <thead>
              <tr>
                <th>Letter</th>
                <th>Event</th>
                <th>Order</th>
                <th class="number">Attempts</th>
                <th>Failing since</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((letter) => (
                <tr key={letter.id}>
                  <td>
                    <a href={link_to("dead-letters", letter.id)}>{letter.sequence}</a>
                    {letter.edited && <span class="quiet"> edited</span>}
                  </td>
                  <td>{letter.kind}</td>
                  <td>
                    <a class="id" href={link_to("orders", letter.key)} title={letter.key}>
                      {short_id(letter.key)}
                    </a>
                  </td>
                  <td class="number">{letter.attempts}</td>
                  <td>
                    <Time at={letter.failingSince} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {letters.length > letters_shown && <p class="hint">The first {letters_shown} of {letters.length} are shown.</p>}
        </Scroll>
      )}
    </section>
  );
}

export function DeadLettersView(): JSX.Element {
  const { query } = useCell(place);
  const subscription = query.get("subscription") ?? "";
  const [replayed, replay] = useState<Wanted | undefined>(undefined);
  const { value, problem, again } = usePolled((signal) => read_letters(subscription, signal), [subscription], pause_ms);
  return (
    <>
      <PageHead title="Dead letters">
        {value && value.read > 0 && (
          <button type="button" onClick={() => replay({ subscription, error: "", letters: value.read })}>
            Replay everything…
          </button>
        )}
      </PageHead>
      {subscription && (
        <p class="hint">
          Of {subscription} alone. <a href={link_to("dead-letters")}>Show all</a>
        </p>
      )}
      <Trouble problem={problem} />
      {value?.more && <p class="hint">There are more; the first {value.read} are grouped here.</p>}
      {value?.groups.map((group) => (
        <GroupSection key={JSON.stringify([group.subscription, group.error])} group={group} replay={replay} />
      ))}
      {value?.read === 0 && (
        <Empty title="Nothing is dead">
          <p>An event whose attempts are used up is listed here, until somebody replays or discards it.</p>
        </Empty>
      )}
      {replayed && (
        <BulkReplayDialog
          wanted={replayed}
          close={() => {
            replay(undefined);
            again();
          }}
        />
      )}
    </>
  );
}
