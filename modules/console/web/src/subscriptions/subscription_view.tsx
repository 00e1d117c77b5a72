import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type uPlot from "uplot";
import type { Subscription } from "../api/shapes";
import { condition_of } from "../flow/condition";
import { Badge } from "../parts/badge";
import { Chart } from "../parts/chart";
import { Empty, Facts, PageHead } from "../parts/page";
import { Progress } from "../parts/progress";
import { count, duration, figure } from "../parts/texts";
import { Time } from "../parts/time";
import { useCell } from "../state/cell";
import { flow_metrics, watch_flow_metrics, type Sample } from "../state/flow_metrics";
import { link_to } from "../state/place";
import { SubscriptionActions } from "./subscription_actions";

const lag_line = [{ label: "lag", color: "--line-1" }];

function LagChart({ name, history }: { name: string; history: Sample[] }): JSX.Element {
  const data = useMemo<uPlot.AlignedData>(
    () => [history.map((sample) => sample.at), history.map((sample) => sample.lags[name] ?? null)],
    [history, name],
  );
  const newest = history.at(-1)?.lags[name];
  return <Chart data={data} lines={lag_line} height={220} label={`Lag over time; now ${newest ?? "unknown"} events`} />;
}

function Rebuild({ subscription }: { subscription: Subscription }): JSX.Element | null {
  const { rebuild } = subscription;
  if (!rebuild) return null;
  return (
    <section class="card">
      <h2>Being rebuilt</h2>
      <p class="quiet">
        Since <Time at={rebuild.startedAt} />
      </p>
      <Progress done={rebuild.position} total={rebuild.upto} label="Rebuilt up to this place of the log" />
    </section>
  );
}

export function SubscriptionView({ name }: { name: string }): JSX.Element {
  const { flow, history } = useCell(flow_metrics);
  useEffect(watch_flow_metrics, []);
  const newest = flow?.newest ?? 0;
  const one = flow?.subscriptions.find((subscription) => subscription.name === name);
  const condition = one && condition_of(one);
  return (
    <>
      <PageHead title={name}>{one && <SubscriptionActions subscription={one} again={() => {}} />}</PageHead>
      {flow && !one && <Empty title="This node has no such subscription." />}
      {one && condition && (
        <>
          <Facts
            facts={[
              ["State", <Badge state={condition.state} tone={condition.tone} />],
              ["Module", one.module],
              ["Lag", count(one.lag)],
              ["Oldest waits", one.oldestWaitingAt ? duration(one.oldestAgeSeconds * 1000) : "–"],
              ["Rate", `${figure(one.ratePerSecond)}/s`],
              ["Handled", count(one.handled)],
              ["Failed attempts", count(one.failedAttempts)],
              ["In flight", count(one.inFlight)],
              ["Retrying", count(one.retrying)],
              ["Parked", count(one.parked)],
              ["Dead", <a href={link_to("dead-letters", "", { subscription: name })}>{count(one.dead)}</a>],
              ["Cursor", `${count(one.cursor)} of ${count(newest)}`],
              ["Handles", one.kinds?.join(", ") ?? "–"],
            ]}
          />
          <Rebuild subscription={one} />
          <h2>Lag over time</h2>
          <LagChart name={name} history={history} />
          <p class="hint">In events, since this page was opened.</p>
        </>
      )}
    </>
  );
}
