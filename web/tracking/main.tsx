import { signal } from '@preact/signals';
import { render } from 'preact';
import { Api, Problem } from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import { announce, ConnectionPill, Page, ProblemNote } from '../shared/components.tsx';
import type { Eta } from '../shared/contract/common.ts';
import type { Tracking } from '../shared/contract/tracking.ts';
import { Poller } from '../shared/polling.ts';
import { Delivery } from './delivery.tsx';
import { expectedRange, expectedReason, hasMoved } from './expected.ts';
import { headline, secondsToNextRead } from './progress.ts';

const token = location.pathname.split('/').at(-1) ?? '';
const api = new Api();
const tracking = signal<Tracking | null>(null);
/** What the shopper was told last, and what they were told before that. */
const told = signal<Eta | null>(null);
const moved = signal<Eta | null>(null);
const isUnknown = signal(false);

const poller = new Poller(async () => {
  let next: Tracking;
  try {
    next = await api.get<Tracking>(`/v1/track/${encodeURIComponent(token)}`);
  } catch (error) {
    if (!(error instanceof Problem) || (error.status !== 404 && error.status !== 400)) throw error;
    isUnknown.value = true;
    return null;
  }
  const before = tracking.value;
  if (before && headline(before) !== headline(next)) announce(headline(next));
  if (next.eta) expect(next, next.eta);
  tracking.value = next;
  document.title = headline(next);
  const seconds = secondsToNextRead(next);
  // Where business time runs fast, half a minute of it is over at once; never more than every two seconds, though.
  return seconds === null ? null : Math.max(Math.min(seconds, 5) * 400, (seconds * 1000) / clock.speed.value);
});

/** Another time is told once, with the reason; small changes are shown and not told. */
function expect(shown: Tracking, eta: Eta) {
  if (told.value && hasMoved(told.value, eta)) {
    moved.value = told.value;
    const why = expectedReason(eta, shown);
    announce(`Now expected ${expectedRange(eta, shown.zone)}${why && `: ${why}`}`);
  } else if (told.value) return;
  told.value = eta;
}

function TrackingPage() {
  const { value } = tracking;
  if (isUnknown.value) return <UnknownLink />;
  return (
    <Page end={<ConnectionPill connection={poller.connection.value} />}>
      {value ? (
        <Delivery tracking={value} moved={moved.value} />
      ) : (
        <h1 aria-busy={poller.failure.value === null}>
          {poller.failure.value ? 'Your order' : 'Looking for your order…'}
        </h1>
      )}
      <ProblemNote error={poller.failure.value} focus={false} />
    </Page>
  );
}

/** The same for a link that never was and for one that has expired. */
function UnknownLink() {
  return (
    <Page>
      <div class="card">
        <h1>This link shows no order</h1>
        <p>It may have expired, or a part of it is missing. Ask the shop for a new one.</p>
      </div>
    </Page>
  );
}

clock.start();
poller.start();
render(<TrackingPage />, document.getElementById('app')!);
