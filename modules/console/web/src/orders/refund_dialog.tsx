import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { ask } from "../api/client";
import { Problem, message_of } from "../api/problem";
import type { Payment } from "../api/shapes";
import { useAct } from "../parts/act";
import { Dialog } from "../parts/dialog";
import { Field } from "../parts/field";
import { money, parse_money, plain_money, random_text } from "../parts/texts";
import { notify_done } from "../state/notices";

export function left_of(payment: Payment): number {
  return payment.amount - (payment.refundedAmount ?? 0) - (payment.refundingAmount ?? 0);
}

interface Props {
  payment: Payment;
  close: () => void;
  done: () => void;
}

export function RefundDialog({ payment, close, done }: Props): JSX.Element {
  const left = left_of(payment);
  const [amount, write_amount] = useState(plain_money(left, payment.currency));
  const [reason, write_reason] = useState("");
  const idempotency = useRef({ key: "", text: "" });
  const { busy, error, run } = useAct();
  const parsed = parse_money(amount, payment.currency);
  const problem = error instanceof Problem ? error : undefined;
  const wrong_amount = parsed === undefined ? "must be an amount, such as 19.99" : problem?.about("/amount");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (parsed === undefined) return;
    const body = { amount: parsed, ...(reason.trim() && { reason: reason.trim() }) };
    const text = JSON.stringify(body);
    if (idempotency.current.text !== text) idempotency.current = { key: random_text(), text };
    const worked = await run(() =>
      ask("POST", `/v1/payments/${encodeURIComponent(payment.id)}/refunds`, {
        body,
        headers: { "Idempotency-Key": idempotency.current.key },
      }),
    );
    if (!worked) return;
    notify_done(`The refund of ${money(parsed, payment.currency)} is on its way.`);
    done();
    close();
  };
  return (
    <Dialog title="Refund" close={close}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <p class="prose">
          Money goes back to the buyer; this cannot be undone. Of {money(payment.amount, payment.currency)} up to{" "}
          {money(left, payment.currency)} can be refunded.
        </p>
        <Field label={`Amount in ${payment.currency}`} value={amount} write={write_amount} error={wrong_amount} mode="decimal" required />
        <Field label="Reason" value={reason} write={write_reason} error={problem?.about("/reason")} />
        {error !== undefined && !problem?.errors.length && (
          <p class="trouble" role="alert">
            {message_of(error)}
          </p>
        )}
        <footer>
          <button type="button" onClick={close}>
            Keep as it is
          </button>
          <button type="submit" class="danger" disabled={busy || parsed === undefined}>
            {busy ? "Working…" : parsed === undefined ? "Refund" : `Refund ${money(parsed, payment.currency)}`}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
