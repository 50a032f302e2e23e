import { clock } from '../shared/clock.ts';
import { Pill } from '../shared/components.tsx';
import type { Eta } from '../shared/contract/common.ts';
import type { Tracking } from '../shared/contract/tracking.ts';
import { clockTime, promiseWindow, shortCode } from '../shared/format.ts';
import { pickupSentence, reasonSentence, statusTone } from '../shared/sentences.ts';
import { expectedRange, expectedReason } from './expected.ts';
import { headline, isOut, lateSentence, steps } from './progress.ts';

/** `moved` is what was expected before, when it is another time now. */
export function Delivery({ tracking, moved }: { tracking: Tracking; moved: Eta | null }) {
  const { zone, stores, endedAt, pin, photoUrl, door } = tracking;
  return (
    <>
      <div class="stack tight">
        <p class="soft">
          {stores.map(({ name }) => name).join(', ')} · order <span class="code">{shortCode(tracking.orderId)}</span>
        </p>
        <h1>{headline(tracking)}</h1>
        <When tracking={tracking} moved={moved} />
      </div>

      <BadEnd tracking={tracking} />

      {pin && !endedAt && (
        <section class="card" aria-labelledby="pin">
          <h2 id="pin">Your PIN</h2>
          <p class="pin">{pin}</p>
          <p class="soft">Tell it to the driver at the door, and to nobody before.</p>
        </section>
      )}

      {photoUrl && (
        <figure class="card">
          <img class="photo" src={photoUrl} alt="Your parcels where the driver left them" />
          <figcaption class="soft">The driver's photo</figcaption>
        </figure>
      )}

      <section class="card" aria-labelledby="progress">
        <h2 id="progress">Progress</h2>
        <ol class="timeline">
          {steps(tracking).map((step) => (
            <li class={`step ${step.state}`} key={step.text} aria-current={step.state === 'now' ? 'step' : undefined}>
              <span>
                {step.text}
                {step.state === 'done' && <span class="visually-hidden"> (done)</span>}
              </span>
              {step.at && <span class="soft">{clockTime(step.at, zone)}</span>}
            </li>
          ))}
        </ol>
      </section>

      <section class="stack" aria-labelledby="stores">
        <h2 id="stores">What is in it</h2>
        {stores.map((store) => (
          <article class="card" key={store.name}>
            <div class="row spread">
              <h3>{store.name}</h3>
              <Pill tone={statusTone(store.status)}>{pickupSentence(store.status)}</Pill>
            </div>
            {store.late && <p class="late">{lateSentence(store.late, store.readyAt, zone)}</p>}
            <ul class="items">
              {store.items.map((item) => (
                <li key={item.name}>
                  <span class="soft">{item.quantity} ×</span>
                  <span>
                    {item.missing || isOut(store.status) ? <s>{item.name}</s> : item.name}
                    {(item.missing || isOut(store.status)) && <span class="soft"> not available, refunded</span>}
                  </span>
                </li>
              ))}
            </ul>
          </article>
        ))}
      </section>

      {tracking.erasedAt && (
        <p class="note">
          Your name, your address and the driver’s photos were erased, as somebody asked. Nobody has them any more.
        </p>
      )}

      {door && (
        <section class="card" aria-labelledby="door">
          <h2 id="door">Delivered to</h2>
          <p>
            {door.name}
            <br />
            {door.address}
          </p>
          {door.instructions && <p class="soft">“{door.instructions}”</p>}
        </section>
      )}
    </>
  );
}

function When({ tracking, moved }: { tracking: Tracking; moved: Eta | null }) {
  const { zone, promise, rescheduled, deliveredAt, endedAt, eta } = tracking;
  if (deliveredAt) return <p class="window">at {clockTime(deliveredAt, zone)}</p>;
  if (endedAt) return <p class="window">{clockTime(endedAt, zone)}</p>;
  const isLate = clock.now.value > Date.parse(promise.by);
  const why = eta && expectedReason(eta, tracking);
  return (
    <>
      {eta && (
        <p class="window">
          Expected {expectedRange(eta, zone)}
          {why && <span class="soft small">: {why}</span>}
        </p>
      )}
      {eta && moved && <p class="late">It was {expectedRange(moved, zone)} before.</p>}
      <p class={eta ? 'soft' : 'window'}>Promised {promiseWindow(promise, zone, clock.now.value)}</p>
      {eta?.promise === 'late' && !isLate && <p class="late">It will be later than promised. We are on it.</p>}
      {rescheduled && !isLate && (
        <p class="late">
          The mall closed before a driver could collect it. Everything is kept at the stores and comes then.
        </p>
      )}
      {isLate && <p class="late">It is later than promised. We are on it.</p>}
    </>
  );
}

function BadEnd({ tracking }: { tracking: Tracking }) {
  const { status, endReason, undeliverable, partial, endedAt, zone } = tracking;
  if (status === 'delivered' && !partial) return null;
  const reason = undeliverable?.reason ?? endReason;
  if (!reason && !partial) return null;
  return (
    <div class="note warn">
      {reason && <strong>{reasonSentence(reason)}</strong>}
      {partial && <span>A part of your order did not reach you; it is refunded.</span>}
      {endedAt && status !== 'delivered' && <span>What you paid for it is refunded by the shop.</span>}
      {undeliverable && !endedAt && (
        <span>Tried at {clockTime(undeliverable.at, zone)}; it goes back to the stores.</span>
      )}
    </div>
  );
}
