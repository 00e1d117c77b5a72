import type { JSX } from "preact";

const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hour12: false,
});
const day = new Intl.DateTimeFormat(undefined, { day: "2-digit", month: "short", year: "numeric" });

function day_of(at: Date): string {
  return at.toDateString() === new Date().toDateString() ? "" : `${day.format(at)} `;
}

/** A time in the viewer's zone; the UTC stands in its title. */
export function Time({ at }: { at: string | null | undefined }): JSX.Element {
  if (!at) return <span class="quiet">–</span>;
  const date = new Date(at);
  return (
    <time dateTime={at} title={`${at.replace("T", " ").replace("Z", "")} UTC`}>
      {day_of(date)}
      {clock.format(date)}
    </time>
  );
}
