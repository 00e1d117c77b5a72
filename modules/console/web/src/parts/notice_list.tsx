import type { JSX } from "preact";
import { useCell } from "../state/cell";
import { dismiss, notices } from "../state/notices";

export function NoticeList(): JSX.Element {
  const shown = useCell(notices);
  return (
    <div class="notices" role="status" aria-live="polite">
      {shown.map((notice) => (
        <p key={notice.number} class={`notice ${notice.kind}`}>
          <span>{notice.text}</span>
          <button type="button" class="icon" aria-label="Dismiss" onClick={() => dismiss(notice.number)}>
            ×
          </button>
        </p>
      ))}
    </div>
  );
}
