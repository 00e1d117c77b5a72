import type { JSX } from "preact";
import { get } from "../api/client";
import type { Subscriptions } from "../api/shapes";
import { condition_of } from "../flow/condition";
import { Badge } from "../parts/badge";
import { PageHead, Scroll, Trouble } from "../parts/page";
import { count, duration, figure } from "../parts/texts";
import { link_to } from "../state/place";
import { usePolled } from "../state/polling";
import { SubscriptionActions } from "./subscription_actions";

const pause_ms = 1000;

export function SubscriptionsView(): JSX.Element {
  const { value, problem, again } = usePolled(
    (signal) => get<Subscriptions>("/v1/admin/subscriptions", {}, signal),
    [],
    pause_ms,
  );
  return (
    <>
      <PageHead title="Subscriptions" />
      <Trouble problem={problem} />
      {value && (
        <Scroll label="Subscriptions">
          <table>
            <thead>
              <tr>
                <th>Subscription</th>
                <th>State</th>
                <th class="number">Rate</th>
                <th class="number">Lag</th>
                <th class="number">Oldest</th>
                <th class="number">Retrying</th>
                <th class="number">Parked</th>
                <th class="number">Dead</th>
                <th>
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {value.subscriptions.map((one) => {
                const condition = condition_of(one);
                return (
                  <tr key={one.name}>
                    <td>
                      <a href={link_to("subscriptions", one.name)}>{one.name}</a>
                    </td>
                    <td>
                      <Badge state={condition.state} tone={condition.tone} />
                    </td>
                    <td class="number">{figure(one.ratePerSecond)}/s</td>
                    <td class="number">{count(one.lag)}</td>
                    <td class="number">{one.oldestAgeSeconds > 0 ? duration(one.oldestAgeSeconds * 1000) : "–"}</td>
                    <td class="number">{count(one.retrying)}</td>
                    <td class="number">{count(one.parked)}</td>
                    <td class="number">
                      {one.dead > 0 ? (
                        <a href={link_to("dead-letters", "", { subscription: one.name })}>{count(one.dead)}</a>
                      ) : (
                        "0"
                      )}
                    </td>
                    <td>
                      <SubscriptionActions subscription={one} again={again} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      )}
    </>
  );
}
