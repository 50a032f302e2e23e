import { useSignal } from '@preact/signals';
import { ProblemNote } from '../shared/components.tsx';
import type { Earned, EarningsPage } from '../shared/contract/driver.ts';
import { count, dayAndTime, money } from '../shared/format.ts';
import { PayParts } from './pay.tsx';
import type { Phone } from './state.ts';

const perPage = 10;

/** What was earned, line by line; asked for when somebody wants to see it, never by itself. */
export function Earnings({ phone }: { phone: Phone }) {
  const shown = useSignal<Earned[] | null>(null);
  const zone = useSignal('UTC');
  const cursor = useSignal<string | null>(null);
  const failure = useSignal<Error | null>(null);
  const isAsking = useSignal(false);
  const more = async () => {
    isAsking.value = true;
    failure.value = null;
    try {
      const after = cursor.value ? `&cursor=${encodeURIComponent(cursor.value)}` : '';
      const page = await phone.session.api.get<EarningsPage>(`/v1/driver/earnings?limit=${perPage}${after}`);
      shown.value = [...(shown.value ?? []), ...page.data];
      zone.value = page.zone ?? 'UTC';
      cursor.value = page.nextCursor;
    } catch (error) {
      failure.value = error as Error;
    } finally {
      isAsking.value = false;
    }
  };
  const list = shown.value;
  return (
    <section class="card" aria-labelledby="earnings">
      <h2 id="earnings">Your earnings</h2>
      <ProblemNote error={failure.value} />
      {list?.length === 0 && <p class="soft">Nothing yet: your first run shows here.</p>}
      {list && list.length > 0 && (
        <ul class="earnings">
          {list.map((earned) => (
            <EarnedItem key={earned.id} earned={earned} zone={zone.value} />
          ))}
        </ul>
      )}
      {(list === null || cursor.value) && (
        <div class="row">
          <button type="button" aria-busy={isAsking.value} onClick={() => !isAsking.value && void more()}>
            {list === null ? 'Show what I earned' : 'Show more'}
          </button>
        </div>
      )}
    </section>
  );
}

function EarnedItem({ earned, zone }: { earned: Earned; zone: string }) {
  const { at, amountCents, currency, lines } = earned;
  return (
    <li>
      <details>
        <summary>
          <span>
            {titleOf(earned)} <span class="soft">{dayAndTime(at, zone)}</span>
          </span>{' '}
          <strong>{money(amountCents, currency)}</strong>
        </summary>
        <PayParts parts={lines} currency={currency} />
      </details>
    </li>
  );
}

function titleOf({ kind, status, lines }: Earned): string {
  if (kind === 'tip') return 'Tip';
  if (kind === 'guarantee') return 'Guaranteed minimum of a block';
  const stops = lines.filter((line) => line.kind === 'stop' || line.kind === 'return').length;
  return status === 'active' ? 'The run under way' : `Run, ${count(stops, 'stop')}`;
}
