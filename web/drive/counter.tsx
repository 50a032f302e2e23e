import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { TimeLeft } from '../shared/components.tsx';
import type { Run, Stop } from '../shared/contract.ts';
import { useDraft } from '../shared/drafts.ts';
import { clockTime, count } from '../shared/format.ts';
import { CannotSheet } from './cannot-sheet.tsx';
import { ParcelTicks } from './parcels.tsx';
import type { Phone } from './state.ts';

/** At a store's counter: parcels are taken on board, or handed back. */
export function AtCounter({ phone, run, stop }: { phone: Phone; run: Run; stop: Stop }) {
  const acting = useActing();
  const [isLeaving, setLeaving] = useState(false);
  const [ticked, setTicked, forget] = useDraft<string[]>(`ticks:${run.id}:${stop.id}`, stop.scannedLabels);
  const isPickup = stop.kind === 'pickup';
  const parcels = stop.parcels ?? [];
  const labels = ticked.filter((label) => parcels.some((parcel) => parcel.label === label));
  const missing = parcels.length - labels.length;
  const preparing = (stop.pickups ?? []).filter(({ status }) =>
    ['pending', 'accepted', 'delayed'].includes(status ?? ''),
  );

  const complete = async (leaveMissing: boolean) => {
    const body = isPickup ? { labels, leaveMissing } : { labels };
    if (await acting.run((retry) => phone.atStop(stop.id, 'complete', body, retry))) forget();
  };

  return (
    <>
      {preparing.map(
        ({ orderId, readyAt }) =>
          readyAt && (
            <p class="note warn" key={orderId}>
              <span>
                Not ready yet: expected at {clockTime(readyAt, run.mall?.zone ?? 'UTC')} (<TimeLeft until={readyAt} />)
              </span>
            </p>
          ),
      )}
      {parcels.length > 0 && (
        <ParcelTicks
          legend={isPickup ? 'Parcels you take' : 'Parcels you give back'}
          parcels={parcels}
          ticked={labels}
          onChange={setTicked}
        />
      )}
      <div class="act">
        <ActingNote acting={acting} />
        <ActButton acting={acting} onClick={() => void complete(false)}>
          {isPickup ? 'Collected' : 'Given back'}
        </ActButton>
        {isPickup && labels.length > 0 && missing > 0 && (
          <button type="button" onClick={() => void complete(true)}>
            The store cannot find {count(missing, 'parcel')}: go on without
          </button>
        )}
        <button type="button" onClick={() => setLeaving(true)}>
          {isPickup ? 'Leave without the rest' : 'They do not take it'}
        </button>
      </div>
      {isLeaving && <CannotSheet phone={phone} stop={stop} close={() => setLeaving(false)} />}
    </>
  );
}
