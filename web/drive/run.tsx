import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { Pill, useHeadingFocus } from '../shared/components.tsx';
import type { Run, Stop } from '../shared/contract/driver.ts';
import { clockTime, money } from '../shared/format.ts';
import { AtCounter } from './counter.tsx';
import { AtDoor } from './door.tsx';
import { Givings } from './giving.tsx';
import { PayParts } from './pay.tsx';
import { placeHref } from './places.ts';
import type { Phone } from './state.ts';
import { currentStops, stopName, stopStatus, stopTitle } from './stops.ts';
import { TooFar } from './too-far.tsx';

/** The run as a stepper: the stop under way on top, with one big button for the next act. */
export function RunView({ phone, run, stop }: { phone: Phone; run: Run; stop: Stop }) {
  const heading = useHeadingFocus(`${stop.id} ${stop.status}`);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {stopTitle(stop)}
      </h1>
      {stop.kind !== 'dropoff' && (
        <p class="code-shown">
          Show this code {stop.kind === 'hand_over' ? `to ${stopName(stop)}` : 'at the counter'}{' '}
          <strong>{run.code}</strong>
        </p>
      )}
      <section class="card" aria-label={`Now: ${stopTitle(stop)}`}>
        <Where stop={stop} run={run} />
        {phone.leftStopId.value === stop.id && stop.status === 'arrived' && (
          <p class="note warn">You have left this place, and the stop is not finished.</p>
        )}
        {stop.status !== 'arrived' && <OnTheWay phone={phone} stop={stop} key={stop.id} />}
        {stop.status === 'arrived' && stop.kind === 'dropoff' && <AtDoor phone={phone} stop={stop} key={stop.id} />}
        {stop.status === 'arrived' && stop.kind !== 'dropoff' && (
          <AtCounter phone={phone} run={run} stop={stop} key={stop.id} />
        )}
      </section>
      <OtherStops phone={phone} run={run} stop={stop} />
      <Givings phone={phone} run={run} />
      <section class="card" aria-labelledby="all-stops">
        <h2 id="all-stops">The whole run</h2>
        <ol class="stops">
          {run.stops.map((other) => (
            <li key={other.id} class={other.id === stop.id ? 'next' : ''}>
              <span>{stopTitle(other)}</span>
              <span class="soft">
                {stopStatus(other)}
                {other.eta && `, about ${clockTime(other.eta.p50, run.mall?.zone ?? 'UTC')}`}
              </span>
            </li>
          ))}
        </ol>
        <p>
          Earned on this run so far: <strong>{money(run.payCents, run.currency)}</strong>
        </p>
        <PayParts parts={run.pay} currency={run.currency} />
      </section>
    </>
  );
}

function Where({ stop, run }: { stop: Stop; run: Run }) {
  const { store, door, meeting } = stop;
  const zone = run.mall?.zone ?? 'UTC';
  if (store) {
    return (
      <div class="stack tight">
        <p>
          <strong>{store.name}</strong>, {store.level}
          {run.mall && `, ${run.mall.name}`}
        </p>
        {store.frontNote && <p class="soft">{store.frontNote}</p>}
      </div>
    );
  }
  if (meeting) {
    return (
      <div class="stack tight">
        <p>
          <strong>{stopName(stop)}</strong> has the parcels and waits for you.
        </p>
        <div class="row">
          <a class="button" target="_blank" rel="noreferrer" href={placeHref(meeting.position)}>
            Navigate
          </a>
        </div>
      </div>
    );
  }
  if (!door) return <p class="soft">The address is not known any more. Talk to operations.</p>;
  return (
    <div class="stack tight">
      <p>
        <strong>{door.name}</strong>
        <br />
        {door.address}
      </p>
      {door.instructions && <p class="soft">“{door.instructions}”</p>}
      {door.promiseBy && (
        <p>
          <Pill>promised by {clockTime(door.promiseBy, zone)}</Pill>
        </p>
      )}
      <div class="row">
        {door.position && (
          <a class="button" target="_blank" rel="noreferrer" href={placeHref(door.position)}>
            Navigate
          </a>
        )}
        <a class="button" href={`tel:${door.phone}`}>
          Call
        </a>
      </div>
    </div>
  );
}

function OnTheWay({ phone, stop }: { phone: Phone; stop: Stop }) {
  const acting = useActing();
  const isAway = stop.status === 'departed';
  const send = (act: string, more: object = {}) => void acting.run((retry) => phone.atStop(stop.id, act, more, retry));
  return (
    <div class="act">
      <ActingNote acting={acting} />
      <TooFar acting={acting} choose={(awayReason) => send('arrive', { awayReason })} />
      <ActButton acting={acting} onClick={() => send(isAway ? 'arrive' : 'depart')}>
        {isAway ? "I'm here" : "I'm on my way"}
      </ActButton>
    </div>
  );
}

/** Before setting out, another stop of the same kind may come first. */
function OtherStops({ phone, run, stop }: { phone: Phone; run: Run; stop: Stop }) {
  const others = currentStops(run).filter(({ id }) => id !== stop.id);
  if (others.length === 0 || stop.status !== 'pending') return null;
  return (
    <div class="row">
      {others.map((other) => (
        <button
          type="button"
          key={other.id}
          onClick={() => {
            phone.chosenStopId.value = other.id;
          }}
        >
          {stopName(other)} first
        </button>
      ))}
    </div>
  );
}
