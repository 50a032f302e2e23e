import { clock } from '../shared/clock.ts';
import { ConnectionPill, Page, ProblemNote } from '../shared/components.tsx';
import { openFor } from '../shared/entry.tsx';
import { Blocks } from './blocks.tsx';
import { Drivers } from './drivers.tsx';
import { OrderPage } from './order-page.tsx';
import { People } from './people.tsx';
import { Providers } from './providers.tsx';
import { Queue } from './queue.tsx';
import { Desk, type Place } from './state.ts';

function Operations({ desk }: { desk: Desk }) {
  const orderId = desk.orderId.value;
  const place = desk.place.value;
  return (
    <Page
      who="Operations"
      end={
        <>
          <Places desk={desk} />
          {clock.speed.value !== 1 && <span class="pill">Clock ×{clock.speed.value}</span>}
          <ConnectionPill connection={desk.poller.connection.value} />
        </>
      }
    >
      <ProblemNote error={desk.poller.failure.value} focus={false} />
      {place === 'drivers' && <Drivers desk={desk} />}
      {place === 'people' && <People desk={desk} />}
      {place === 'blocks' && <Blocks desk={desk} />}
      {place === 'providers' && <Providers desk={desk} />}
      {place === 'orders' && orderId && <OrderPage key={orderId} desk={desk} orderId={orderId} />}
      {place === 'orders' && !orderId && <Queue desk={desk} />}
    </Page>
  );
}

const names: Record<Place, string> = {
  orders: 'Orders',
  drivers: 'Drivers',
  blocks: 'Shift blocks',
  providers: 'Providers',
  people: 'People',
};

function Places({ desk }: { desk: Desk }) {
  const others = (Object.keys(names) as Place[]).filter((place) => place !== desk.place.value || desk.about.value);
  return (
    <>
      {others.map((place) => (
        <a
          key={place}
          class="button"
          href={desk.hrefOfPlace(place)}
          onClick={(event) => {
            event.preventDefault();
            desk.goTo(place);
          }}
        >
          {names[place]}
        </a>
      ))}
    </>
  );
}

void openFor('operations', 'Operations', (session) => <Operations desk={new Desk(session)} />);
