import type { JSX, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface Props {
  length: number;
  row_height: number;
  label: string;
  row: (at: number) => VNode;
  /** Called when a person scrolls away from the top, and back. */
  at_top?: (is_at_top: boolean) => void;
}

const spare_rows = 6;

/** A list of rows of one height, of which those that can be seen are in the document. */
export function VirtualList({ length, row_height, label, row, at_top }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [view, look] = useState({ top: 0, height: 600 });

  useEffect(() => {
    const home = box.current;
    if (!home) return;
    let waiting = 0;
    const measure = (): void => {
      waiting = 0;
      look({ top: home.scrollTop, height: home.clientHeight });
      at_top?.(home.scrollTop < row_height);
    };
    const later = (): void => {
      if (!waiting) waiting = requestAnimationFrame(measure);
    };
    measure();
    home.addEventListener("scroll", later, { passive: true });
    const resized = new ResizeObserver(later);
    resized.observe(home);
    return () => {
      cancelAnimationFrame(waiting);
      home.removeEventListener("scroll", later);
      resized.disconnect();
    };
  }, [row_height]);

  const first = Math.max(0, Math.floor(view.top / row_height) - spare_rows);
  const last = Math.min(length, Math.ceil((view.top + view.height) / row_height) + spare_rows);
  const rows: VNode[] = [];
  for (let at = first; at < last; at += 1) rows.push(row(at));
  return (
    <div ref={box} class="virtual" role="region" aria-label={label} tabIndex={0}>
      <div style={{ height: `${length * row_height}px` }}>
        <div style={{ transform: `translateY(${first * row_height}px)` }}>{rows}</div>
      </div>
    </div>
  );
}
