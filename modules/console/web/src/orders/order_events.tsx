import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Timeline, TimelineEvent } from "../api/shapes";
import { JsonView } from "../parts/json_view";
import { Scroll } from "../parts/page";
import { duration, outcome, precise_ms } from "../parts/texts";
import { Time } from "../parts/time";

function cause_of(event: TimelineEvent, events: TimelineEvent[]): string {
  const cause = events.find((one) => one.id === event.causationId);
  if (cause) return `${cause.kind} (${cause.seq})`;
  return event.causationId ? "not kept any more" : "a request";
}

interface RowProps {
  event: TimelineEvent;
  events: TimelineEvent[];
  begin_ms: number;
}

function EventRows({ event, events, begin_ms }: RowProps): JSX.Element {
  const [open, toggle] = useState(false);
  return (
    <>
      <tr>
        <td class="number">{event.seq}</td>
        <td class="number">+{duration(precise_ms(event.occurredAt) - begin_ms)}</td>
        <td>{event.kind}</td>
        <td>{event.origin.slice(event.origin.lastIndexOf("/") + 1)}</td>
        <td>{cause_of(event, events)}</td>
        <td>
          <Time at={event.occurredAt} />
        </td>
        <td>
          <button
            type="button"
            class="small"
            aria-expanded={open}
            aria-label={`Payload of event ${event.seq}`}
            onClick={() => toggle(!open)}
          >
            {open ? "Hide" : "Payload"}
          </button>
        </td>
      </tr>
      {open && (
        <tr class="opened">
          <td colSpan={7}>
            <JsonView value={event.data} label={`Payload of event ${event.seq}`} />
          </td>
        </tr>
      )}
    </>
  );
}

function Attempts({ timeline }: { timeline: Timeline }): JSX.Element | null {
  if (timeline.attempts.length === 0) return null;
  return (
    <>
      <h3>Attempts that needed another, and what came of them</h3>
      <Scroll label="Attempts">
        <table>
          <thead>
            <tr>
              <th>Subscription</th>
              <th class="number">Event</th>
              <th class="number">Attempt</th>
              <th>Began</th>
              <th class="number">Took</th>
              <th>Outcome</th>
            </tr>
          </thead>
          <tbody>
            {timeline.attempts.map((one) => (
              <tr key={`${one.subscription} ${one.seq} ${one.attempt}`}>
                <td>{one.subscription}</td>
                <td class="number">{one.seq}</td>
                <td class="number">{one.attempt}</td>
                <td>
                  <Time at={one.startedAt} />
                </td>
                <td class="number">{duration(one.durationUs / 1000)}</td>
                <td class="text">{outcome(one)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

/** The timeline in words: the events in their order, and what was tried in vain. */
export function OrderEvents({ timeline }: { timeline: Timeline }): JSX.Element {
  const first = timeline.events[0];
  const begin_ms = first ? precise_ms(first.occurredAt) : 0;
  return (
    <>
      <Scroll label="Events of the order">
        <table>
          <thead>
            <tr>
              <th class="number">Place</th>
              <th class="number">After</th>
              <th>Event</th>
              <th>Published by</th>
              <th>Caused by</th>
              <th>At</th>
              <th>
                <span class="hidden">Payload</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {timeline.events.map((event) => (
              <EventRows key={event.id} event={event} events={timeline.events} begin_ms={begin_ms} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <Attempts timeline={timeline} />
    </>
  );
}
