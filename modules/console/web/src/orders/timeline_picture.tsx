import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Timeline } from "../api/shapes";
import { duration, precise_ms } from "../parts/texts";
import { lay_out_timeline, track_bars_y, track_text_y, type Lane, type Point, type Track } from "./timeline_layout";

const zoom_max = 1024;

function Event({ point, begin_ms }: { point: Point; begin_ms: number }): JSX.Element {
  const { event, x, y, label_before } = point;
  const after = duration(precise_ms(event.occurredAt) - begin_ms);
  return (
    <g class="event">
      <title>{`${event.kind}, ${after} after the first event`}</title>
      <circle cx={x} cy={y} r={5} />
      <text x={label_before ? x - 10 : x + 10} y={y + 4} text-anchor={label_before ? "end" : "start"}>
        {event.kind}
      </text>
    </g>
  );
}

function TrackRow({ track }: { track: Track }): JSX.Element {
  const { wait } = track;
  const y = track.y + track_bars_y;
  return (
    <g class={`track ${wait?.state ?? ""}`}>
      {wait && <line class="wait" x1={wait.from} x2={wait.to} y1={y} y2={y} />}
      {track.bars.map((bar, at) => (
        <rect key={at} class={bar.failed ? "bad" : "good"} x={bar.from} width={bar.to - bar.from} y={y - 6} height={12} rx={2}>
          <title>{bar.label}</title>
        </rect>
      ))}
      <text x={track.label_x} y={track.y + track_text_y} text-anchor={track.label_before ? "end" : "start"}>
        {track.label}
      </text>
    </g>
  );
}

function LaneRow({ lane, width, even }: { lane: Lane; width: number; even: boolean }): JSX.Element {
  return <rect class={even ? "swimlane even" : "swimlane"} x={0} y={lane.y} width={width} height={lane.height} />;
}

function curve(from: Point, to: Point): string {
  const end = to.x - 8;
  if (end - from.x < 16 && from.y !== to.y) {
    const down = to.y > from.y ? 1 : -1;
    const bend = Math.min(30, Math.abs(to.y - from.y) / 2) * down;
    const tip = to.y - 8 * down;
    return `M${from.x} ${from.y + 5 * down}C${from.x} ${from.y + bend} ${to.x} ${tip - bend} ${to.x} ${tip}`;
  }
  const bend = Math.max(14, Math.min(60, (to.x - from.x) / 2));
  return `M${from.x + 5} ${from.y}C${from.x + bend} ${from.y} ${end - bend} ${to.y} ${end} ${to.y}`;
}

/** What happened to an order: a swimlane a module, events as points, arrows from cause to effect. */
export function TimelinePicture({ timeline }: { timeline: Timeline }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [room, measure] = useState(800);
  const [zoom, set_zoom] = useState(1);
  useEffect(() => {
    const home = box.current;
    if (!home) return undefined;
    const look = (): void => measure(Math.max(560, home.clientWidth));
    look();
    const resized = new ResizeObserver(look);
    resized.observe(home);
    return () => resized.disconnect();
  }, []);
  const width = room * zoom;
  const layout = useMemo(() => lay_out_timeline(timeline, width), [timeline, width]);
  const summary = `${timeline.events.length} events in ${layout.lanes.length} modules; the table below has them in order.`;
  return (
    <div class="timeline">
      <div class="tools" role="group" aria-label="Scale of the timeline">
        <button type="button" class="small" disabled={zoom <= 1} onClick={() => set_zoom(zoom / 2)} aria-label="Zoom out">
          −
        </button>
        <button type="button" class="small" disabled={zoom >= zoom_max} onClick={() => set_zoom(zoom * 2)} aria-label="Zoom in">
          +
        </button>
        <button type="button" class="small" disabled={zoom === 1} onClick={() => set_zoom(1)}>
          Fit
        </button>
      </div>
      <div class="timeline-box">
        <div class="lane-names" style={{ height: `${layout.height}px` }} aria-hidden="true">
          {layout.lanes.map((lane) => (
            <span key={lane.module} style={{ top: `${lane.y + 12}px` }}>
              {lane.module}
            </span>
          ))}
        </div>
        <div class="scroll" ref={box} role="region" aria-label="Timeline" tabIndex={0}>
          <svg width={layout.width} height={layout.height} role="img" aria-label={summary}>
            <defs>
              <marker id="cause" viewBox="0 0 8 8" refX="2" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
                <path d="M0 0L8 4L0 8z" />
              </marker>
            </defs>
            {layout.lanes.map((lane, at) => (
              <LaneRow key={lane.module} lane={lane} width={layout.width} even={at % 2 === 0} />
            ))}
            {layout.ticks.map((tick) => (
              <g key={tick.after_ms} class="tick">
                <line x1={tick.x} x2={tick.x} y1={20} y2={layout.height} />
                <text x={tick.x} y={13}>
                  {tick.after_ms === 0 ? "0" : `+${duration(tick.after_ms)}`}
                </text>
              </g>
            ))}
            {layout.arrows.map(({ from, to }) => (
              <path key={to.event.id} class="cause" d={curve(from, to)} marker-end="url(#cause)" />
            ))}
            {layout.lanes.map((lane) => (
              <g key={lane.module}>
                {lane.tracks.map((track) => (
                  <TrackRow key={`${track.subscription} ${track.seq}`} track={track} />
                ))}
                {lane.points.map((point) => (
                  <Event key={point.event.id} point={point} begin_ms={layout.begin_ms} />
                ))}
              </g>
            ))}
          </svg>
        </div>
      </div>
    </div>
  );
}

