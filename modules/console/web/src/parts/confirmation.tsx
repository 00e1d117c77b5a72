import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { message_of } from "../api/problem";
import { useAct } from "./act";
import { Dialog } from "./dialog";

interface Props {
  title: string;
  /** What will happen. */
  children: ComponentChildren;
  verb: string;
  dangerous?: boolean;
  /** Asks for a reason, under this label. */
  reason?: { label: string; required: boolean };
  close: () => void;
  act: (reason: string) => Promise<unknown>;
}

/** Shows what will happen, and does it when that is confirmed. */
export function Confirmation(props: Props): JSX.Element {
  const { title, children, verb, dangerous, reason, close, act } = props;
  const [text, write] = useState("");
  const { busy, error, run } = useAct();
  const field = useId();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await run(() => act(text.trim()))) close();
  };
  return (
    <Dialog title={title} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <div class="prose">{children}</div>
        {reason && (
          <label class="field" htmlFor={field}>
            <span>
              {reason.label}
              {!reason.required && <em> optional</em>}
            </span>
            <input
              id={field}
              value={text}
              required={reason.required}
              maxLength={200}
              onInput={(event) => write(event.currentTarget.value)}
            />
          </label>
        )}
        {error !== undefined && (
          <p class="trouble" role="alert">
            {message_of(error)}
          </p>
        )}
        <footer>
          <button type="button" onClick={close}>
            Keep as it is
          </button>
          <button type="submit" class={dangerous ? "danger" : "primary"} disabled={busy}>
            {busy ? "Working…" : verb}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
