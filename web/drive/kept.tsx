import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { useHeadingFocus } from '../shared/components.tsx';
import type { Custody } from '../shared/contract/common.ts';
import type { Run } from '../shared/contract/driver.ts';
import { count, dayAndTime } from '../shared/format.ts';
import type { Phone } from './state.ts';

/** The receipt for what the driver keeps over night; the stop comes back by itself when the store opens. */
export function Kept({ phone, run, custody }: { phone: Phone; run: Run; custody: readonly Custody[] }) {
  const acting = useActing();
  const heading = useHeadingFocus('kept');
  const zone = run.mall?.zone ?? 'UTC';
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        You keep the parcels until the store opens
      </h1>
      {custody.map((receipt) => (
        <section class="card" key={receipt.orderId} aria-label="Receipt">
          <p>
            {count(receipt.labels.length, 'parcel')}: <span class="code">{receipt.labels.join(', ')}</span>
          </p>
          <p>
            In your care since {dayAndTime(receipt.since, zone)}. The store opens {dayAndTime(receipt.reopensAt, zone)}.
          </p>
          <p>Bring them back by {dayAndTime(receipt.until, zone)}. The second trip is paid.</p>
        </section>
      ))}
      <ActingNote acting={acting} />
      {phone.driver.value?.shift ? (
        <ActButton acting={acting} kind="plain" onClick={() => void acting.run((retry) => phone.endShift(retry))}>
          End shift
        </ActButton>
      ) : (
        <p class="soft">You are off shift. The way back to the store comes to this page when it opens.</p>
      )}
    </>
  );
}
