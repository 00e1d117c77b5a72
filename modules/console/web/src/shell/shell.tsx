import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { duration } from "../parts/texts";
import { useCell } from "../state/cell";
import { connection } from "../state/connection";
import { place } from "../state/place";
import { session, sign_out, type Scope } from "../state/session";
import { theme, use_theme, type Theme } from "../state/theme";

const entries: { view: string; title: string; needs: Scope | undefined }[] = [
  { view: "flow", title: "Flow", needs: undefined },
  { view: "orders", title: "Orders", needs: "orders:read" },
  { view: "dead-letters", title: "Dead letters", needs: "admin" },
  { view: "subscriptions", title: "Subscriptions", needs: "admin" },
  { view: "events", title: "Events", needs: "events:read" },
  { view: "notifications", title: "Notifications", needs: "orders:read" },
  { view: "webhooks", title: "Webhooks", needs: "admin" },
];

const themes: Record<Theme, string> = { system: "As the system", light: "Light", dark: "Dark" };

export function TopBar(): JSX.Element {
  const chosen = useCell(theme);
  const { has_key, name } = useCell(session);
  return (
    <header class="top">
      <a class="brand" href="#/flow">
        orderflow
      </a>
      <span class="grows" />
      <label>
        <span class="hidden">Colours</span>
        <select value={chosen} onChange={(event) => use_theme(event.currentTarget.value as Theme)}>
          {Object.entries(themes).map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {has_key && <span class="quiet key-name">{name}</span>}
      {has_key && (
        <button type="button" onClick={sign_out}>
          Sign out
        </button>
      )}
    </header>
  );
}

export function Menu(): JSX.Element | null {
  const { view } = useCell(place);
  const { state, scopes } = useCell(session);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [view, state]);
  if (state !== "begun") return null;
  const shown = entries.filter((entry) => !entry.needs || scopes.has(entry.needs));
  return (
    <nav class="menu" aria-label="Views">
      <ul ref={list}>
        {shown.map((entry) => (
          <li key={entry.view}>
            <a href={`#/${entry.view}`} aria-current={entry.view === view ? "page" : undefined}>
              {entry.title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const patience_ms = 1000;

/** Shows that the node does not answer, not before it has lasted a moment. */
export function LostBanner(): JSX.Element {
  const { lost, since } = useCell(connection);
  const [now, tick] = useState(0);
  useEffect(() => {
    if (!lost) return undefined;
    const timer = setInterval(() => tick(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [lost]);
  const lasted_ms = Math.max(0, now - since);
  return (
    <div class="live" role="status" aria-live="polite">
      {lost && lasted_ms >= patience_ms && (
        <p class="banner">
          Connection lost{" "}
          <span aria-hidden="true">{duration(Math.round(lasted_ms / 1000) * 1000)} ago</span>. What you see may be out of
          date; the page catches up by itself.
        </p>
      )}
    </div>
  );
}
