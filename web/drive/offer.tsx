import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { TimeLeft } from '../shared/components.tsx';
import type { Offer } from '../shared/contract/driver.ts';
import { clockTime, count, distance, duration, money } from '../shared/format.ts';
import { PayParts } from './pay.tsx';
import { placeHref } from './places.ts';
import type { Phone } from './state.ts';

export function OfferCard({ phone, offer }: { phone: Phone; offer: Offer }) {
  const acting = useActing();
  return (
    <>
      <h1>A run for you</h1>
      <div class="card">
        <div class="row spread">
          <p class="pay">{money(offer.payCents, offer.currency)}</p>
          <p aria-live="off">
            <TimeLeft until={offer.expiresAt} soonSeconds={20} />
          </p>
        </div>
        <PayParts parts={offer.pay} currency={offer.currency} />
        {offer.alsoAsked > 0 && (
          <p class="note">
            {count(offer.alsoAsked, 'other driver sees', 'other drivers see')} this run too: the first to accept has it.
          </p>
        )}
        <dl class="facts">
          <div>
            <dt>Stops</dt>
            <dd>
              {offer.meeting ? 'another driver' : count(offer.storeIds.length, 'store')}, {count(offer.drops, 'door')}
            </dd>
          </div>
          <div>
            <dt>Way</dt>
            <dd>{distance(offer.distanceMetres)}</dd>
          </div>
          <div>
            <dt>Takes about</dt>
            <dd>{duration(offer.durationSeconds)}</dd>
          </div>
          <div>
            <dt>Done by about</dt>
            <dd>{clockTime(offer.finishAt, offer.zone ?? 'UTC')}</dd>
          </div>
        </dl>
        <div>
          <h2>{offer.mallName ?? 'The mall'}</h2>
          {offer.meeting && (
            <p>
              {offer.meeting.name ?? 'Another driver'} cannot go on and hands the parcels over to you.{' '}
              <a target="_blank" rel="noreferrer" href={placeHref(offer.meeting.position)}>
                Where you meet
              </a>
            </p>
          )}
          <ul>
            {offer.stores.map((store) => (
              <li key={store.storeId}>
                {store.name} <span class="soft">{store.level}</span>
              </li>
            ))}
          </ul>
        </div>
        <ActingNote acting={acting} />
        <div class="offer-acts">
          <ActButton acting={acting} onClick={() => void acting.run((retry) => phone.acceptOffer(offer, retry))}>
            Accept
          </ActButton>
          <button
            type="button"
            aria-busy={acting.pending}
            onClick={() => void acting.run((retry) => phone.declineOffer(offer, retry))}
          >
            Decline, at no cost
          </button>
        </div>
      </div>
    </>
  );
}
