import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import type { Driver } from '../shared/contract/driver.ts';
import { count, money } from '../shared/format.ts';
import { Blocks } from './blocks.tsx';
import { Earnings } from './earnings.tsx';
import { PayParts } from './pay.tsx';
import { PapersCard, SuspendedCard } from './standing.tsx';
import type { Phone } from './state.ts';

export function Home({ phone, driver }: { phone: Phone; driver: Driver }) {
  const finished = phone.finished.value;
  const { runs, cents, currency } = phone.earnings.value;
  return (
    <>
      {finished && (
        <div class="card" role="status">
          <h2>Run done</h2>
          <p>
            You earned <strong>{money(finished.payCents, finished.currency)}</strong>. Thank you.
          </p>
          <PayParts parts={finished.pay} currency={finished.currency} />
        </div>
      )}
      <MissedOffer missed={phone.missed.value} />
      <h1>{driver.shift ? 'You are on shift' : 'You are off shift'}</h1>
      {driver.status === 'suspended' && <SuspendedCard phone={phone} suspension={driver.suspension} />}
      {driver.papers && !driver.papers.isCleared && <PapersCard phone={phone} papers={driver.papers} />}
      {(driver.shift || mayWork(driver)) && <ShiftCard phone={phone} driver={driver} />}
      {runs > 0 && (
        <p class="soft">
          This shift: {count(runs, 'run')}, {money(cents, currency)}.
        </p>
      )}
      <Blocks phone={phone} />
      <Earnings phone={phone} />
      {driver.papers?.isCleared && <PapersCard phone={phone} papers={driver.papers} />}
    </>
  );
}

function MissedOffer({ missed }: { missed: 'taken' | 'gone' | null }) {
  if (!missed) return null;
  return (
    <div class="card" role="status">
      <h2>{missed === 'taken' ? 'Another driver was a moment quicker' : 'That run is no longer on offer'}</h2>
      <p>
        {missed === 'gone' && 'Another driver has taken it, or it is not needed any more. '}
        It does not count as declined. The next offer comes by itself.
      </p>
    </div>
  );
}

function mayWork({ status, papers }: Driver): boolean {
  return status !== 'suspended' && papers?.isCleared !== false;
}

function ShiftCard({ phone, driver }: { phone: Phone; driver: Driver }) {
  const acting = useActing();
  return (
    <div class="card">
      <p>
        {!driver.shift && 'Start your shift, and offers of runs come to this page. You may decline each of them.'}
        {driver.shift && mayWork(driver) && 'Offers come by themselves. Keep this page open.'}
        {driver.shift && !mayWork(driver) && 'No offers come now. You may end your shift.'}
      </p>
      <ActingNote acting={acting} />
      {driver.shift ? (
        <ActButton acting={acting} kind="plain" onClick={() => void acting.run((retry) => phone.endShift(retry))}>
          End shift
        </ActButton>
      ) : (
        <ActButton acting={acting} onClick={() => void acting.run((retry) => phone.startShift(retry))}>
          Start shift
        </ActButton>
      )}
    </div>
  );
}
