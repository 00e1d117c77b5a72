import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { SchemaEntry, Subscription } from "../api/shapes";
import { Scroll } from "../parts/page";
import { count, duration, figure } from "../parts/texts";
import { link_to } from "../state/place";
import { condition_of } from "./condition";
import {
  kind_height,
  lay_out,
  left_width,
  picture_width,
  right_width,
  right_x,
  subscription_height,
  type Arrow,
  type Box,
  type KindSpot,
  type SubscriptionSpot,
} from "./layout";

interface Props {
  subscriptions: Subscription[];
  schemas: SchemaEntry[];
  /** Events a second by kind. */
  rates: Record<string, number>;
}

function Frame({ box, x, width }: { box: Box<unknown>; x: number; width: number }): JSX.Element {
  return (
    <>
      <rect class="box" x={x} y={box.y} width={width} height={box.height} rx={8} />
      <text class="module" x={x + 12} y={box.y + 20}>
        {box.module}
      </text>
    </>
  );
}

function Speaker({ box, rates, light }: { box: Box<KindSpot>; rates: Props["rates"]; light: Light }): JSX.Element {
  return (
    <g>
      <Frame box={box} x={0} width={left_width} />
      {box.spots.map(({ kind, y }) => {
        const rate = rates[kind];
        return (
          <a key={kind} href={link_to("events", "", { kind })} {...light(`kind:${kind}`)}>
            <title>{`Events of the kind ${kind}`}</title>
            <rect class="row" x={4} y={y - kind_height / 2} width={left_width - 8} height={kind_height} rx={5} />
            <text class="kind" x={12} y={y + 4}>
              {kind}
            </text>
            <text class={rate ? "rate" : "rate quiet"} x={left_width - 12} y={y + 4}>
              {rate === undefined ? "" : `${figure(rate)}/s`}
            </text>
          </a>
        );
      })}
    </g>
  );
}

export function standing(one: Subscription): string {
  const parts = [one.lag > 0 ? `lag ${count(one.lag)}` : "no lag"];
  if (one.oldestAgeSeconds > 0.05) parts.push(`oldest ${duration(one.oldestAgeSeconds * 1000)}`);
  const { detail } = condition_of(one);
  if (detail) parts.push(detail);
  if (one.paused) parts.unshift("paused");
  return parts.join(" · ");
}

function Listener({ box, light }: { box: Box<SubscriptionSpot>; light: Light }): JSX.Element {
  return (
    <g>
      <Frame box={box} x={right_x} width={right_width} />
      {box.spots.map(({ subscription, y }) => {
        const { tone } = condition_of(subscription);
        const top = y - subscription_height / 2;
        return (
          <a
            key={subscription.name}
            href={link_to("subscriptions", subscription.name)}
            {...light(`subscription:${subscription.name}`)}
          >
            <title>{`${subscription.name}: ${standing(subscription)}`}</title>
            <rect class="row" x={right_x + 4} y={top + 1} width={right_width - 8} height={subscription_height - 2} rx={5} />
            <circle class={`lamp ${tone}`} cx={right_x + 16} cy={y - 8} r={4.5} />
            <text class="kind" x={right_x + 28} y={y - 4}>
              {subscription.name}
            </text>
            <text class={subscription.ratePerSecond > 0.005 ? "rate" : "rate quiet"} x={right_x + right_width - 12} y={y - 4}>
              {`${figure(subscription.ratePerSecond)}/s`}
            </text>
            <text class={`standing ${tone === "good" ? "" : tone}`} x={right_x + 28} y={y + 13}>
              {standing(subscription)}
            </text>
          </a>
        );
      })}
    </g>
  );
}

const curve = ({ from_y, to_y }: Arrow): string => {
  const bend = (right_x - left_width) / 2;
  const end = right_x - 7;
  return `M${left_width} ${from_y}C${left_width + bend} ${from_y} ${end - bend} ${to_y} ${end} ${to_y}`;
};

/** What is pointed at, or has the focus: its arrows stand out. */
type Light = (name: string) => Record<string, () => void>;

export function Graph({ subscriptions, schemas, rates }: Props): JSX.Element {
  const [lit, shine] = useState("");
  const layout = useMemo(() => lay_out(subscriptions, schemas), [subscriptions, schemas]);
  const off = (): void => shine("");
  const light: Light = (name) => {
    const on = (): void => shine(name);
    return { onMouseEnter: on, onMouseLeave: off, onFocus: on, onBlur: off };
  };
  const is_lit = (arrow: Arrow): boolean =>
    lit === `kind:${arrow.kind}` || lit === `subscription:${arrow.subscription.name}`;
  const class_of = (arrow: Arrow): string => {
    const { tone } = condition_of(arrow.subscription);
    const flows = (rates[arrow.kind] ?? 0) > 0 && !arrow.subscription.paused;
    const classes = ["arrow", tone === "good" ? (flows ? "flows" : "rests") : tone];
    if (lit) classes.push(is_lit(arrow) ? "lit" : "dim");
    return classes.join(" ");
  };
  const width_of = (arrow: Arrow): number => 1.25 + Math.min(3, Math.log10(1 + (rates[arrow.kind] ?? 0)));

  return (
    <Scroll label="Modules and the events between them">
      <svg
        class="graph"
        viewBox={`0 -1 ${picture_width} ${layout.height + 2}`}
        style={{ minWidth: `${picture_width * 0.72}px`, maxWidth: `${picture_width * 1.25}px` }}
      >
        <defs>
          {["flows", "rests", "warn", "bad", "busy"].map((tone) => (
            <marker
              key={tone}
              id={`tip-${tone}`}
              class={`tip ${tone}`}
              viewBox="0 0 8 8"
              refX="2"
              refY="4"
              markerWidth="9"
              markerHeight="9"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path d="M0 0L8 4L0 8z" />
            </marker>
          ))}
        </defs>
        <g aria-hidden="true">
          {layout.arrows.map((arrow) => {
            const classes = class_of(arrow);
            return (
              <path
                key={`${arrow.kind} ${arrow.subscription.name}`}
                class={classes}
                d={curve(arrow)}
                stroke-width={width_of(arrow)}
                marker-end={`url(#tip-${classes.split(" ")[1]})`}
              />
            );
          })}
        </g>
        {layout.speakers.map((box) => (
          <Speaker key={box.module} box={box} rates={rates} light={light} />
        ))}
        {layout.listeners.map((box) => (
          <Listener key={box.module} box={box} light={light} />
        ))}
      </svg>
    </Scroll>
  );
}
