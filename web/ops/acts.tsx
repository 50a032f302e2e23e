import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { announce, Sheet } from '../shared/components.tsx';
import type { Inspection } from '../shared/contract/operations.ts';
import { shortCode } from '../shared/format.ts';
import { type Choice, choicesFor, hasEnded, lossReasons, meetingPlaces, positionOf } from './resolutions.ts';
import type { Desk } from './state.ts';

/** What operations may do about an order. Each act says its effect before it is confirmed. */
export function Acts({ desk, inspection }: { desk: Desk; inspection: Inspection }) {
  const [choice, setChoice] = useState<Choice | null>(null);
  const [isReassigning, setReassigning] = useState(false);
  const { order, carriage } = inspection;
  return (
    <section class="card" aria-labelledby="acts">
      <h2 id="acts">What you can do</h2>
      <div class="row">
        {choicesFor(inspection).map((one) => (
          <button type="button" key={one.resolution} class={one.isGrave ? 'danger' : ''} onClick={() => setChoice(one)}>
            {one.title}
          </button>
        ))}
        {carriage && !hasEnded(order.status) && (
          <button type="button" class="danger" onClick={() => setReassigning(true)}>
            Take it from the driver
          </button>
        )}
      </div>
      {choice?.resolution === 'hand_over' && (
        <HandOverSheet desk={desk} inspection={inspection} choice={choice} close={() => setChoice(null)} />
      )}
      {choice && choice.resolution !== 'hand_over' && (
        <ConfirmSheet desk={desk} inspection={inspection} choice={choice} close={() => setChoice(null)} />
      )}
      {isReassigning && <ReassignSheet desk={desk} inspection={inspection} close={() => setReassigning(false)} />}
    </section>
  );
}

interface SheetProps {
  desk: Desk;
  inspection: Inspection;
  close: () => void;
}

function ConfirmSheet({ desk, inspection, choice, close }: SheetProps & { choice: Choice }) {
  const acting = useActing();
  const { id } = inspection.order;
  const confirm = async () => {
    const isErasure = choice.resolution === 'erase';
    const act = (retry: (attempt: number) => void) =>
      isErasure ? desk.erase(id, retry) : desk.resolve(id, choice.resolution, retry);
    if (!(await acting.run(act))) return;
    announce(`${choice.title}: done.`);
    close();
  };
  return (
    <Sheet title={`${choice.title}: ${shortCode(id)}`} onClose={close}>
      <p>{choice.effect}</p>
      <ActingNote acting={acting} />
      <ActButton acting={acting} kind={choice.isGrave ? 'danger' : 'primary'} onClick={() => void confirm()}>
        {choice.title}
      </ActButton>
    </Sheet>
  );
}

/** Where the two drivers meet is part of the decision. */
function HandOverSheet({ desk, inspection, choice, close }: SheetProps & { choice: Choice }) {
  const acting = useActing();
  const [where, setWhere] = useState<string>(meetingPlaces[0][0]);
  const [typed, setTyped] = useState('');
  const [mend, setMend] = useState('');
  const { id } = inspection.order;
  const confirm = async () => {
    const place = where === 'place' ? positionOf(typed) : where;
    setMend(place === null ? 'Write latitude and longitude, as in 33.3019, -111.8977.' : '');
    if (place === null) return;
    const more = place === '' ? {} : { meetAt: place };
    if (!(await acting.run((retry) => desk.resolve(id, choice.resolution, retry, more)))) return;
    announce(`${choice.title}: done.`);
    close();
  };
  return (
    <Sheet title={`${choice.title}: ${shortCode(id)}`} onClose={close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        <p>{choice.effect}</p>
        <div class="field">
          <label for="meeting">Where they meet</label>
          <select id="meeting" value={where} onChange={(event) => setWhere(event.currentTarget.value)}>
            {meetingPlaces.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </div>
        {where === 'place' && (
          <div class="field">
            <label for="meeting-place">Latitude and longitude</label>
            <input id="meeting-place" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
          </div>
        )}
        {mend && (
          <p class="note bad" role="alert">
            {mend}
          </p>
        )}
        <ActingNote acting={acting} />
        <ActButton acting={acting}>{choice.title}</ActButton>
      </form>
    </Sheet>
  );
}

function ReassignSheet({ desk, inspection, close }: SheetProps) {
  const acting = useActing();
  const [reason, setReason] = useState<string>(lossReasons[0][0]);
  const { order, driverHandOvers } = inspection;
  const isComing = driverHandOvers.some(({ to, overAt }) => to && !overAt);
  const onBoard = order.parcels.filter(({ at }) => at === 'driver').length;
  const confirm = async () => {
    if (!(await acting.run((retry) => desk.reassign(order.id, reason, retry)))) return;
    announce('Taken from the driver.');
    close();
  };
  return (
    <Sheet title={`Take ${shortCode(order.id)} from the driver`} onClose={close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        <p>
          {isComing && 'Who was to come for the parcels does not: another driver is looked for.'}
          {!isComing &&
            (onBoard > 0
              ? 'Parcels are on board: the order is held until you decide what becomes of them.'
              : 'Nothing is on board: another driver is looked for.')}{' '}
          The other orders of the same run are taken from this driver as well.
        </p>
        <div class="field">
          <label for="loss-reason">Why</label>
          <select id="loss-reason" value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
            {lossReasons.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </div>
        <ActingNote acting={acting} />
        <ActButton acting={acting} kind="danger">
          Take it from the driver
        </ActButton>
      </form>
    </Sheet>
  );
}
