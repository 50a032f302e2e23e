import { clock } from '../shared/clock.ts';
import { ConnectionPill, Page, ProblemNote } from '../shared/components.tsx';
import { openFor } from '../shared/entry.tsx';
import { OrderPage } from './order-page.tsx';
import { Queue } from './queue.tsx';
import { Desk } from './state.ts';

function Operations({ desk }: { desk: Desk }) {
  const orderId = desk.orderId.value;
  return (
    <Page
      who="Operations"
      end={
        <>
          {clock.speed.value !== 1 && <span class="pill">Clock ×{clock.speed.value}</span>}
          <ConnectionPill connection={desk.poller.connection.value} />
        </>
      }
    >
      <ProblemNote error={desk.poller.failure.value} focus={false} />
      {orderId ? <OrderPage key={orderId} desk={desk} orderId={orderId} /> : <Queue desk={desk} />}
    </Page>
  );
}

void openFor('operations', 'Operations', (session) => <Operations desk={new Desk(session)} />);
