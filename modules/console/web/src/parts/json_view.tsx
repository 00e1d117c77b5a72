import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { notify_done, notify_failed } from "../state/notices";

const shown_chars_max = 100_000;

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }): JSX.Element {
  const [copied, mark] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      mark(true);
      notify_done("Copied.");
      setTimeout(() => mark(false), 2000);
    } catch {
      notify_failed(new Error("The browser does not let this page copy; select the text instead."));
    }
  };
  return (
    <button type="button" class="small" onClick={() => void copy()}>
      {copied ? "Copied" : label}
    </button>
  );
}

/** A JSON document as indented text. */
export function JsonView({ value, label }: { value: unknown; label: string }): JSX.Element {
  const text = JSON.stringify(value, null, 2) ?? "nothing";
  return (
    <div class="code">
      <CopyButton text={text} />
      <pre tabIndex={0} role="region" aria-label={label}>
        {text.length > shown_chars_max ? `${text.slice(0, shown_chars_max)}\n… and more` : text}
      </pre>
    </div>
  );
}

/** A command to try, ready to copy. */
export function Command({ text }: { text: string }): JSX.Element {
  return (
    <div class="code">
      <CopyButton text={text} />
      <pre tabIndex={0} role="region" aria-label="Command">
        {text}
      </pre>
    </div>
  );
}
