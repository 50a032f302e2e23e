import { clock } from '../shared/clock.ts';
import { ConnectionPill, Page, ProblemNote } from '../shared/components.tsx';
import { openFor } from '../shared/entry.tsx';
import { OrderPage } from './order-page.tsx';
import { People } from './people.tsx';
import { Queue } from './queue.tsx';
import { Desk } from './state.ts';

function Operations({ desk }: { desk: Desk }) {
  const orderId = desk.orderId.value;
  return (
    <Page
      who="Operations"
      end={
        <>
          <PlaceLink desk={desk} />
          {clock.speed.value !== 1 && <span class="pill">Clock ×{clock.speed.value}</span>}
          <ConnectionPill connection={desk.poller.connection.value} />
        </>
      }
    >
      <ProblemNote error={desk.poller.failure.value} focus={false} />
      {desk.isPeople.value && <People desk={desk} />}
      {!desk.isPeople.value && orderId && <OrderPage key={orderId} desk={desk} orderId={orderId} />}
      {!desk.isPeople.value && !orderId && <Queue desk={desk} />}
    </Page>
  );
}

function PlaceLink({ desk }: { desk: Desk }) {
  const isPeople = desk.isPeople.value;
  return (
    <a
      class="button"
      href={isPeople ? desk.hrefOf(null) : desk.peopleHref}
      onClick={(event) => {
        event.preventDefault();
        if (isPeople) desk.go(null);
        else desk.goToPeople();
      }}
    >
      {isPeople ? 'Orders' : 'People'}
    </a>
  );
}

void openFor('operations', 'Operations', (session) => <Operations desk={new Desk(session)} />);
