import type { HandOverRecord, Inspection } from '../shared/contract.ts';
import { clockTime, exactTime } from '../shared/format.ts';

/** What both sides of a counter say, where they say something else; custody is as the driver says. */
export function HandOvers({ inspection: { handOvers, order } }: { inspection: Inspection }) {
  const mismatches = handOvers.filter(({ mismatchSince }) => mismatchSince);
  if (mismatches.length === 0) return null;
  return (
    <section class="card attention" aria-labelledby="hand-overs">
      <h2 id="hand-overs">The records of a hand-over differ</h2>
      {mismatches.map(({ storeId, storeName, store, driver, mismatchSince }) => (
        <article key={storeId} class="stack tight">
          <h3>{storeName}</h3>
          <Side who="The store" record={store} other={driver} zone={order.zone} />
          <Side who="The driver" record={driver} other={store} zone={order.zone} />
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
