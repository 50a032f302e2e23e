import { ConnectionPill, Page, ProblemNote } from '../shared/components.tsx';
import { openFor } from '../shared/entry.tsx';
import { money } from '../shared/format.ts';
import { GivingPage } from './giving.tsx';
import { Home } from './home.tsx';
import { Kept } from './kept.tsx';
import { OfferCard } from './offer.tsx';
import { RunView } from './run.tsx';
import { Phone } from './state.ts';

function Drive({ phone }: { phone: Phone }) {
  const driver = phone.driver.value;
  const { cents, currency } = phone.earnings.value;
  return (
    <Page
      who={driver?.name ?? phone.session.actor?.name}
      end={
        <>
          {cents > 0 && <span class="pill">{money(cents, currency)}</span>}
          <ConnectionPill connection={phone.poller.connection.value} />
        </>
      }
    >
      <ProblemNote error={phone.poller.failure.value} focus={false} />
      <View phone={phone} />
    </Page>
  );
}

function View({ phone }: { phone: Phone }) {
  if (!phone.driver.value) return <h1>Drive</h1>;
  if (phone.run.value && phone.stop.value)
    return <RunView phone={phone} run={phone.run.value} stop={phone.stop.value} />;
  if (phone.run.value?.handOvers?.length) return <GivingPage phone={phone} run={phone.run.value} />;
  if (phone.run.value?.custody?.length)
    return <Kept phone={phone} run={phone.run.value} custody={phone.run.value.custody} />;
  if (phone.offer.value) return <OfferCard phone={phone} offer={phone.offer.value} key={phone.offer.value.id} />;
  return <Home phone={phone} driver={phone.driver.value} />;
}

void openFor('driver', 'Drive', (session) => <Drive phone={new Phone(session)} />);
