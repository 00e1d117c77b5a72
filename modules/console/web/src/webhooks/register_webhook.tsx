import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { json } from "../api/client";
import { Problem, message_of } from "../api/problem";
import type { Webhook } from "../api/shapes";
import { useAct } from "../parts/act";
import { Dialog } from "../parts/dialog";
import { Field } from "../parts/field";
import { CopyButton } from "../parts/json_view";
import { useCell } from "../state/cell";
import { load_schemas, schemas } from "../state/schemas";

/** A secret, which the node shows once. */
export function SecretDialog({ secret, close }: { secret: string; close: () => void }): JSX.Element {
  return (
    <Dialog title="The secret of the webhook" close={close}>
      <div class="prose">
        <p>The receiver verifies our signatures with it. It is shown now and never again.</p>
        <p class="secret">
          <code>{secret}</code> <CopyButton text={secret} />
        </p>
      </div>
      <footer>
        <button type="button" class="primary" onClick={close}>
          I have kept it
        </button>
      </footer>
    </Dialog>
  );
}

interface Props {
  close: () => void;
  registered: (webhook: Webhook) => void;
}

export function RegisterWebhook({ close, registered }: Props): JSX.Element {
  const [url, write_url] = useState("https://");
  const [description, write_description] = useState("");
  const [kinds, choose] = useState<ReadonlySet<string>>(new Set());
  const known = useCell(schemas).filter((schema) => !schema.internal);
  const { busy, error, run } = useAct();
  const problem = error instanceof Problem ? error : undefined;
  useEffect(load_schemas, []);
  const toggle = (kind: string): void => {
    const next = new Set(kinds);
    if (!next.delete(kind)) next.add(kind);
    choose(next);
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = { url: url.trim(), description, kinds: [...kinds] };
    await run(async () => registered(await json<Webhook>("POST", "/v1/webhooks", { body })));
  };
  return (
    <Dialog title="Register a webhook" close={close}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Field label="URL" value={url} write={write_url} error={problem?.about("/url")} mode="url" required />
        <Field label="Description" value={description} write={write_description} error={problem?.about("/description")} />
        <fieldset>
          <legend>Events; none chosen means all</legend>
          <div class="checks">
            {known.map(({ kind }) => (
              <label key={kind}>
                <input type="checkbox" checked={kinds.has(kind)} onChange={() => toggle(kind)} /> {kind}
              </label>
            ))}
          </div>
        </fieldset>
        {error !== undefined && !problem?.errors.length && (
          <p class="trouble" role="alert">
            {message_of(error)}
          </p>
        )}
        <footer>
          <button type="button" onClick={close}>
            Close
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {busy ? "Registering…" : "Register"}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
