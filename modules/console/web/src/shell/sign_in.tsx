import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Field } from "../parts/field";
import { PageHead } from "../parts/page";
import { useCell } from "../state/cell";
import { session, sign_in } from "../state/session";

/** Asks for an API key. */
export function SignIn(): JSX.Element {
  const [key, write] = useState("");
  const [busy, set_busy] = useState(false);
  const { refusal } = useCell(session);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!key.trim()) return;
    set_busy(true);
    await sign_in(key.trim());
    set_busy(false);
  };
  return (
    <div class="sign-in">
      <PageHead title="Sign in" />
      <p class="prose">
        This node wants an API key. It is kept in this tab until you close it or sign out, and nowhere else.
      </p>
      <form onSubmit={(event) => void submit(event)}>
        <Field label="API key" type="password" value={key} write={write} error={refusal || undefined} required />
        <button type="submit" class="primary" disabled={busy || !key.trim()}>
          {busy ? "Asking the node…" : "Sign in"}
        </button>
      </form>
      <p class="hint">
        A key is made on the node's machine: <code>orderflow keys create --name me --scope admin --scope orders:read …</code>
      </p>
    </div>
  );
}
