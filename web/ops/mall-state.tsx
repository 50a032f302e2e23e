import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { clock } from '../shared/clock.ts';
import { announce, Sheet } from '../shared/components.tsx';
import type { Mall } from '../shared/contract/operations.ts';
import { clockTime } from '../shared/format.ts';
import { mallSentence } from '../shared/sentences.ts';
import type { Desk } from './state.ts';

/** How a mall stands, and the act that pauses it, closes it early or opens it again. */
export function MallStates({ desk }: { desk: Desk }) {
  const [chosen, setChosen] = useState<Mall | null>(null);
  const shown = desk.malls.value.filter(({ id, state }) => id === desk.mallId.value || state !== 'open');
  if (shown.length === 0) return null;
  return (
    <section class="card" aria-labelledby="mall-states">
      <h2 id="mall-states">Malls</h2>
      <ul class="stack">
        {shown.map((mall) => (
          <li key={mall.id} class="row spread">
            <span>
              <strong>{mall.name}</strong>: {mallSentence(mall, mall.zone)}
            </span>
            <button type="button" onClick={() => setChosen(mall)}>
              Pause, close early or open
            </button>
          </li>
        ))}
      </ul>
      {chosen && <StateSheet desk={desk} mall={chosen} close={() => setChosen(null)} />}
    </section>
  );
}

const effects = {
  paused: 'No new orders are taken until you open it again. What is under way goes on.',
  closing_early:
    'New orders are taken only while stores can still prepare them. What is not with a driver by then is cancelled, and what a driver is collecting has a quarter of an hour more.',
  open: 'Orders are taken by the hours of the mall again, and those under way get their time back.',
};
type State = keyof typeof effects;

function StateSheet({ desk, mall, close }: { desk: Desk; mall: Mall; close: () => void }) {
  const acting = useActing();
  const [state, setState] = useState<State>(mall.state === 'open' ? 'paused' : 'open');
  const [minutes, setMinutes] = useState('60');
  const [reason, setReason] = useState('');
  const send = async () => {
    const closesAt = new Date(clock.now.value + Number(minutes) * 60_000).toISOString();
    const change = {
      state,
      ...(reason.trim() !== '' && { reason: reason.trim() }),
      ...(state === 'closing_early' && { closesAt }),
    };
    if (!(await acting.run((retry) => desk.setMallState(mall.id, change, retry)))) return;
    announce(`${mall.name}: done.`);
    close();
  };
  return (
    <Sheet title={mall.name} onClose={close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div class="field">
          <label for="mall-state">What now</label>
          <select id="mall-state" value={state} onChange={(event) => setState(event.currentTarget.value as State)}>
            <option value="paused">Pause</option>
            <option value="closing_early">Close early today</option>
            <option value="open">Open</option>
          </select>
        </div>
        <p>{effects[state]}</p>
        {state === 'closing_early' && (
          <div class="field">
            <label for="closes-in">Closes in minutes</label>
            <input
              id="closes-in"
              type="number"
              min="0"
              max="720"
              required
              value={minutes}
              onInput={(event) => setMinutes(event.currentTarget.value)}
            />
            <span class="soft small">at {clockTime(clock.now.value + Number(minutes) * 60_000, mall.zone)}</span>
          </div>
        )}
        {state !== 'open' && (
          <div class="field">
            <label for="mall-reason">Why</label>
            <input
              id="mall-reason"
              required
              maxLength={240}
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value)}
            />
          </div>
        )}
        <ActingNote acting={acting} />
        <ActButton acting={acting} kind={state === 'open' ? 'primary' : 'danger'}>
          {state === 'open' ? 'Open the mall' : state === 'paused' ? 'Pause the mall' : 'Close the mall early'}
        </ActButton>
      </form>
    </Sheet>
  );
}
