import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Pill, TimeLeft, WideTable } from '../shared/components.tsx';
import type { Inspection } from '../shared/contract/operations.ts';
import { clockTime, dayAndTime, duration, exactTime, money, shortCode, words } from '../shared/format.ts';
import {
  causeSentence,
  expectedSentence,
  holdSentence,
  passedSentence,
  pickupSentence,
  reasonSentence,
  statusSentence,
  statusTone,
  waitSentence,
} from '../shared/sentences.ts';
import { Acts } from './acts.tsx';
import { AboutLink } from './drivers.tsx';
import { ComingHandOver, HandOvers } from './hand-overs.tsx';
import { LateStores } from './late-stores.tsx';
import type { Desk } from './state.ts';

export function OrderPage({ desk, orderId }: { desk: Desk; orderId: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const inspection = desk.inspection.value;
  return (
    <>
      <div>
        <a
          class="target"
          href={desk.hrefOf(null)}
          onClick={(event) => {
            event.preventDefault();
            desk.go(null);
          }}
        >
          All orders
        </a>
        <h1 ref={heading} tabIndex={-1}>
          Order <span class="code">{shortCode(orderId)}</span>
          {inspection && `: ${statusSentence(inspection.order.status)}`}
        </h1>
      </div>
      {inspection && (
        <>
          <Facts desk={desk} inspection={inspection} />
          <div class="two">
            <div class="stack">
              <ComingHandOver inspection={inspection} />
              <HandOvers inspection={inspection} />
              <LateStores desk={desk} inspection={inspection} />
              <Stores inspection={inspection} />
              <Events inspection={inspection} />
            </div>
            <div class="stack">
              <Waits inspection={inspection} />
              <Acts desk={desk} inspection={inspection} />
            </div>
          </div>
        </>
      )}
    </>
  );
}

function Facts({ desk, inspection }: { desk: Desk; inspection: Inspection }) {
  const { order, carriage, attention, executionName, held } = inspection;
  return (
    <section class="card" aria-label="Facts">
      {attention && (
        <p class="note warn">
          <strong>A person has to look: {words(attention.why)}</strong>
          <span>since {clockTime(attention.since, order.zone)}</span>
        </p>
      )}
      {order.endReason && <p class="note warn">{reasonSentence(order.endReason)}</p>}
      {order.erasedAt && (
        <p class="note">
          Who it was for was erased on {dayAndTime(order.erasedAt, order.zone)}, as somebody asked: name, door and
          photos.
        </p>
      )}
      <dl class="facts">
        <Fact name="Order">
          <span class="code">{order.id}</span>
        </Fact>
        {order.externalId && <Fact name="Channel's own id">{order.externalId}</Fact>}
        <Fact name="Mall">{desk.mallName(order.mallId)}</Fact>
        <Fact name="Placed">{dayAndTime(order.placedAt, order.zone)}</Fact>
        <Fact name="Promised">
          by {clockTime(order.promise.by, order.zone)} {!order.endedAt && <TimeLeft until={order.promise.by} />}
        </Fact>
        {inspection.eta && (
          <Fact name="Expected">
            {expectedSentence(inspection.eta, order.zone)}
            <ul class="small soft">
              {inspection.eta.causes.map(({ kind, storeId, seconds }) => (
                <li key={`${kind} ${storeId}`}>
                  {duration(seconds)}: {causeSentence(kind)}
                  {storeId && ` (${order.pickups.find((pickup) => pickup.storeId === storeId)?.storeName ?? storeId})`}
                </li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact name="When a store is out">{words(order.goAhead)}</Fact>
        <Fact name="Proof at the door">{order.doorProof}</Fact>
        <Fact name="Driver">
          {carriage ? (
            <AboutLink desk={desk} about={{ kind: 'driver', id: carriage.driverId }}>
              {carriage.driverId}
            </AboutLink>
          ) : inspection.offerId ? (
            'offered'
          ) : (
            'none'
          )}
          {carriage?.providerId && ` of ${carriage.providerId}`}
        </Fact>
        {order.vehicle && <Fact name="Only in a">{order.vehicle}</Fact>}
        {order.providers && <Fact name="Who may carry">{order.providers.inOrder.join(', then ')}</Fact>}
        {held && (
          <Fact name="Why no driver yet">
            {holdSentence(held.why)}
            <ul class="small soft">
              {held.passed?.map(({ providerId, why }) => (
                <li key={providerId}>
                  {providerId}: {passedSentence(why)}
                </li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact name="Goods and fee">
          {money(order.basketCents, order.currency)} + {money(order.feeCents, order.currency)}
        </Fact>
        <Fact name="Workflow">
          <a class="target" href={`/executions/${encodeURIComponent(executionName)}`}>
            Open the execution
          </a>
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Stores({ inspection: { order } }: { inspection: Inspection }) {
  return (
    <section class="card" aria-labelledby="stores">
      <h2 id="stores">Stores and parcels</h2>
      {order.pickups.map((pickup) => (
        <article key={pickup.storeId} class="stack tight">
          <div class="row spread">
            <h3>{pickup.storeName}</h3>
            <Pill tone={statusTone(pickup.status)}>{pickupSentence(pickup.status)}</Pill>
          </div>
          <p class="soft small">
            ready at {clockTime(pickup.readyAt, order.zone)},{' '}
            {pickup.readyAtSource === 'store' ? 'said the store' : 'estimated'}
            {pickup.reason && ` · ${words(pickup.reason)}`}
          </p>
          <ul>
            {pickup.lines.map((line) => (
              <li key={line.id}>
                {line.quantity} × {line.name}
                {pickup.missingLineIds.includes(line.id) && <span class="late"> missing</span>}
              </li>
            ))}
          </ul>
          <ul class="row small">
            {order.parcels
              .filter(({ storeId }) => storeId === pickup.storeId)
              .map((parcel) => (
                <li key={parcel.id} class="pill">
                  <span class="code">{parcel.label}</span> {words(parcel.at)}
                  {parcel.toReturn && ', to return'}
                </li>
              ))}
          </ul>
        </article>
      ))}
    </section>
  );
}

function Waits({ inspection }: { inspection: Inspection }) {
  const { waits, deadlines, order } = inspection;
  return (
    <section class="card" aria-labelledby="waits">
      <h2 id="waits">Whom it waits for</h2>
      {waits.length === 0 && <p class="soft">Nobody right now.</p>}
      <ul class="stack">
        {waits.map((wait) => (
          <li key={wait.wait}>
            <strong>{waitSentence(wait.wait)}</strong> since {clockTime(wait.enteredAt, order.zone)}, until{' '}
            {clockTime(wait.dueAt, order.zone)} (<TimeLeft until={wait.dueAt} />)
          </li>
        ))}
      </ul>
      <details>
        <summary>All deadlines</summary>
        <dl class="facts">
          {Object.entries(deadlines).map(([wait, at]) => (
            <Fact key={wait} name={waitSentence(wait)}>
              {dayAndTime(at, order.zone)}
            </Fact>
          ))}
        </dl>
      </details>
    </section>
  );
}

function Events({ inspection: { events, order } }: { inspection: Inspection }) {
  return (
    <section class="card" aria-labelledby="events">
      <h2 id="events">What happened</h2>
      <WideTable label="Events of the order, the newest first">
        <thead>
          <tr>
            <th scope="col" class="number">
              No.
            </th>
            <th scope="col">At</th>
            <th scope="col">Event</th>
            <th scope="col">Details</th>
          </tr>
        </thead>
        <tbody>
          {events.toReversed().map((event) => (
            <tr key={event.sequence}>
              <td class="number">{event.sequence}</td>
              <td>{exactTime(event.occurredAt, order.zone)}</td>
              <td class="code small">{event.type}</td>
              <td class="data small">
                {Object.entries(event.data)
                  .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
                  .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </section>
  );
}
