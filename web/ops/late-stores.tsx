import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { announce } from '../shared/components.tsx';
import type { Inspection } from '../shared/contract/operations.ts';
import { clockTime, words } from '../shared/format.ts';
import type { Desk } from './state.ts';

/** Stores that are late beyond the promise: what was asked of the channel, and the answer in its place. */
export function LateStores({ desk, inspection: { order } }: { desk: Desk; inspection: Inspection }) {
  const acting = useActing();
  if (order.decisions.length === 0) return null;
  const decide = async (storeId: string, choice: 'wait' | 'leave_without') => {
    if (await acting.run((retry) => desk.decideLateStore(order.id, storeId, choice, retry))) announce('Decided.');
  };
  return (
    <section class="card" aria-labelledby="late-stores">
      <h2 id="late-stores">A store is late beyond the promise</h2>
      {order.decisions.map(({ storeId, default: silence, decideBy, choice }) => (
        <div key={storeId} class="stack tight">
          <p>
            <strong>{order.pickups.find((pickup) => pickup.storeId === storeId)?.storeName}</strong>:{' '}
            {choice
              ? 'it is waited for.'
              : `the channel is asked until ${clockTime(decideBy, order.zone)}; without an answer: ${words(silence)}.`}
          </p>
          <div class="row">
            {!choice && (
              <ActButton acting={acting} onClick={() => void decide(storeId, 'wait')}>
                Wait for it
              </ActButton>
            )}
            <ActButton acting={acting} kind="danger" onClick={() => void decide(storeId, 'leave_without')}>
              {order.goAhead === 'all_or_nothing' ? 'Call the order off' : 'Leave without it'}
            </ActButton>
          </div>
        </div>
      ))}
      <ActingNote acting={acting} />
    </section>
  );
}
