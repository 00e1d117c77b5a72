import type { JSX } from "preact";
import type { Subscription } from "../api/shapes";
import { Badge } from "../parts/badge";
import { link_to } from "../state/place";
import { condition_of } from "./condition";
import { standing } from "./graph";

/** How the subscriptions stand, for screens on which the picture does not fit. */
export function Standings({ subscriptions }: { subscriptions: Subscription[] }): JSX.Element {
  return (
    <ul class="standings">
      {subscriptions.map((one) => {
        const { state, tone } = condition_of(one);
        return (
          <li key={one.name}>
            <a href={link_to("subscriptions", one.name)}>
              <span>{one.name}</span>
              <Badge state={state} tone={tone} />
            </a>
            <p class="quiet">{standing(one)}</p>
          </li>
        );
      })}
    </ul>
  );
}
