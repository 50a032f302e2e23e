import type { HandOverRecord } from '../shared/contract/common.ts';
import type { Inspection } from '../shared/contract/operations.ts';
import { clockTime, exactTime } from '../shared/format.ts';

/** Parcels that are to go from driver to driver: who gives them to whom, and until when. */
export function ComingHandOver({ inspection: { driverHandOvers, order } }: { inspection: Inspection }) {
  const coming = driverHandOvers.find(({ overAt }) => !overAt);
  if (!coming) return null;
  const { from, to, position, until, given } = coming;
  return (
    <section class="card" aria-labelledby="coming-hand-over">
      <h2 id="coming-hand-over">To be handed over</h2>
      <p>
        <span class="code">{from.driverId}</span> has the parcels.{' '}
        {to ? (
          <>
            <span class="code">{to.driverId}</span> comes for them
          </>
        ) : (
          'Another driver is looked for'
        )}
        , until {clockTime(until, order.zone)}, at {position[1].toFixed(4)}, {position[0].toFixed(4)}.
      </p>
      {given && (
        <p>
          Said to be given at {exactTime(given.occurredAt, order.zone)}:{' '}
          <span class="code">{given.labels.join(', ')}</span>; the other has not said so yet.
        </p>
      )}
    </section>
  );
}

/** What both sides say, where they say something else; custody is as the driver says. */
export function HandOvers({ inspection: { handOvers, driverHandOvers, order } }: { inspection: Inspection }) {
  const between = driverHandOvers.map(({ from, to, given, taken, mismatchSince }) => ({
    storeId: from.runId,
    storeName: `${from.driverId} to ${to?.driverId ?? 'nobody'}`,
    sides: ['Who gave', 'Who took over'] as const,
    store: given,
    driver: taken,
    mismatchSince,
  }));
  const atCounters = handOvers.map((one) => ({ ...one, sides: ['The store', 'The driver'] as const }));
  const mismatches = [...atCounters, ...between].filter(({ mismatchSince }) => mismatchSince);
  if (mismatches.length === 0) return null;
  return (
    <section class="card attention" aria-labelledby="hand-overs">
      <h2 id="hand-overs">The records of a hand-over differ</h2>
      {mismatches.map(({ storeId, storeName, sides, store, driver, mismatchSince }) => (
        <article key={storeId} class="stack tight">
          <h3>{storeName}</h3>
          <Side who={sides[0]} record={store} other={driver} zone={order.zone} />
          <Side who={sides[1]} record={driver} other={store} zone={order.zone} />
          <p class="soft small">
            Known since {clockTime(mismatchSince!, order.zone)}. The order goes on with what the driver has; ask both,
            then settle it below.
          </p>
        </article>
      ))}
    </section>
  );
}

function Side(props: { who: string; record: HandOverRecord | null; other: HandOverRecord | null; zone: string }) {
  const { who, record, other, zone } = props;
  if (!record) return <p>{who} took or gave nothing.</p>;
  const { labels, occurredAt, recordedAt } = record;
  return (
    <p>
      <strong>{who}</strong> at {exactTime(occurredAt, zone)}
      {recordedAt !== occurredAt && `, heard of at ${exactTime(recordedAt, zone)}`}: {labels.length === 0 && 'nothing'}
      {labels.map((label, index) => (
        <span key={label}>
          {index > 0 && ', '}
          <span class={other?.labels.includes(label) ? 'code' : 'code late'}>{label}</span>
        </span>
      ))}
    </p>
  );
}
