import type { JSX } from "preact";
import { count } from "./texts";

interface Props {
  done: number;
  total: number;
  label: string;
}

export function Progress({ done, total, label }: Props): JSX.Element {
  return (
    <div class="progress">
      <progress value={Math.min(done, total)} max={Math.max(total, 1)} aria-label={label} />
      <span>
        {count(done)} of {count(total)}
      </span>
    </div>
  );
}
