import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { TimeLeft } from '../shared/components.tsx';
import type { Run, Stop } from '../shared/contract/driver.ts';
import { useDraft } from '../shared/drafts.ts';
import { clockTime, count } from '../shared/format.ts';
import { CannotSheet } from './cannot-sheet.tsx';
import { ParcelTicks } from './parcels.tsx';
import type { Phone } from './state.ts';
import { stopName } from './stops.ts';

const words = {
  pickup: { legend: 'Parcels you take', done: 'Collected', cannot: 'Leave without the rest' },
  hand_over: { legend: 'Parcels you take over', done: 'Taken over', cannot: "I can't take them over" },
  return: { legend: 'Parcels you give back', done: 'Given back', cannot: 'They do not take it' },
};

/** At a store's counter, or with another driver: parcels are taken on board, or handed back. */
export function AtCounter({ phone, run, stop }: { phone: Phone; run: Run; stop: Stop }) {
  const acting = useActing();
  const [isLeaving, setLeaving] = useState(false);
  const [ticked, setTicked, forget] = useDraft<string[]>(`ticks:${run.id}:${stop.id}`, stop.scannedLabels);
  const { legend, done, cannot } = words[stop.kind === 'dropoff' ? 'return' : stop.kind];
  const isTaking = stop.kind === 'pickup' || stop.kind === 'hand_over';
  const parcels = stop.parcels ?? [];
  const labels = ticked.filter((label) => parcels.some((parcel) => parcel.label === label));
  const missing = parcels.length - labels.length;
  const preparing = (stop.pickups ?? []).filter(({ status }) =>
    ['pending', 'accepted', 'delayed'].includes(status ?? ''),
  );

  const complete = async (leaveMissing: boolean) => {
    const body = isTaking ? { labels, leaveMissing } : { labels };
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
      {parcels.length > 0 && <ParcelTicks legend={legend} parcels={parcels} ticked={labels} onChange={setTicked} />}
      <div class="act">
        <ActingNote acting={acting} />
        <ActButton acting={acting} onClick={() => void complete(false)}>
          {done}
        </ActButton>
        {isTaking && labels.length > 0 && missing > 0 && (
          <button type="button" onClick={() => void complete(true)}>
            {stop.kind === 'pickup' ? 'The store' : stopName(stop)} cannot find {count(missing, 'parcel')}: go on
            without
          </button>
        )}
        <button type="button" onClick={() => setLeaving(true)}>
          {cannot}
        </button>
      </div>
      {isLeaving && <CannotSheet phone={phone} stop={stop} close={() => setLeaving(false)} />}
    </>
  );
}
