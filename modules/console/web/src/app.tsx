import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { DeadLetterView } from "./dead_letters/dead_letter_view";
import { DeadLettersView } from "./dead_letters/dead_letters_view";
import { EventsView } from "./events/events_view";
import { FlowView } from "./flow/flow_view";
import { NotificationView } from "./notifications/notification_view";
import { NotificationsView } from "./notifications/notifications_view";
import { OrderView } from "./orders/order_view";
import { OrdersView } from "./orders/orders_view";
import { Empty, PageHead } from "./parts/page";
import { NoticeList } from "./parts/notice_list";
import { LostBanner, Menu, TopBar } from "./shell/shell";
import { SignIn } from "./shell/sign_in";
import { useCell } from "./state/cell";
import { on_return } from "./state/connection";
import { place, type Place } from "./state/place";
import { begin_session, session } from "./state/session";
import { SubscriptionView } from "./subscriptions/subscription_view";
import { SubscriptionsView } from "./subscriptions/subscriptions_view";
import { WebhookView } from "./webhooks/webhook_view";
import { WebhooksView } from "./webhooks/webhooks_view";

type View = (where: Place) => JSX.Element;

const views: Record<string, View> = {
  flow: () => <FlowView />,
  orders: ({ id }) => (id ? <OrderView key={id} id={id} /> : <OrdersView />),
  "dead-letters": ({ id }) => (id ? <DeadLetterView key={id} id={id} /> : <DeadLettersView />),
  subscriptions: ({ id }) => (id ? <SubscriptionView key={id} name={id} /> : <SubscriptionsView />),
  events: () => <EventsView />,
  notifications: ({ id }) => (id ? <NotificationView key={id} id={id} /> : <NotificationsView />),
  webhooks: ({ id }) => (id ? <WebhookView key={id} id={id} /> : <WebhooksView />),
};

const unknown_view: View = () => (
  <>
    <PageHead title="Nothing here" />
    <Empty title="There is no such view.">
      <a href="#/flow">To the flow</a>
    </Empty>
  </>
);

function Content(): JSX.Element {
  const where = useCell(place);
  const { state } = useCell(session);
  if (state === "beginning") return <p class="quiet">Asking the node…</p>;
  if (state === "unreachable") return <Empty title="The node does not answer. This page continues by itself when it does." />;
  if (state === "needs-key") return <SignIn />;
  return (views[where.view] ?? unknown_view)(where);
}

export function App(): JSX.Element {
  useEffect(() => {
    void begin_session();
    return on_return(() => {
      if (session.get().state === "unreachable") void begin_session();
    });
  }, []);
  const skip = (event: Event): void => {
    event.preventDefault();
    document.querySelector<HTMLElement>("h1")?.focus();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <TopBar />
      <Menu />
      <main id="main">
        <LostBanner />
        <Content />
      </main>
      <NoticeList />
    </>
  );
}
