import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { clock } from '../shared/clock.ts';
import { Sheet, Stepper, Tick } from '../shared/components.tsx';
import type { Pickup } from '../shared/contract/store.ts';
import { useDraft } from '../shared/drafts.ts';
import { clockTime, shortCode } from '../shared/format.ts';
import { ReadySheet } from './ready-sheet.tsx';
import type { Board } from './state.ts';

export interface SheetProps {
  board: Board;
  pickup: Pickup;
  close: () => void;
}

/** The sheet that is open, for the card as it now is: when the card moved on, it says so and keeps what was typed. */
export function OpenSheet({ board }: { board: Board }) {
  const open = board.open.value;
  const pickup = open && board.pickups.value?.find(({ orderId }) => orderId === open.orderId);
  if (!open || !pickup) return null;
  const Content = { accept: Accept, reject: Reject, delay: Delay, ready: ReadySheet, hand_over: HandOver }[open.kind];
  const close = () => {
    board.open.value = null;
  };
  return <Content key={`${open.kind} ${open.orderId}`} board={board} pickup={pickup} close={close} />;
}

function Accept({ board, pickup, close }: SheetProps) {
  const acting = useActing();
  const estimate = minutesUntil(pickup.readyAt);
  const [minutes, setMinutes] = useState(estimate);
  const readyAt = minutes === estimate ? pickup.readyAt : board.minutesFromNow(minutes);
  const submit = async () => {
    const body = minutes === estimate ? {} : { readyAt };
    if (await acting.run((onRetry) => board.act(pickup.orderId, 'accept', body, onRetry))) close();
  };
  return (
    <Sheet title={`Accept ${shortCode(pickup.orderId)}`} onClose={close}>
      <Stepper
        label="Ready in"
        value={minutes}
        min={5}
        max={240}
        step={5}
        text={(value) => `${value} min`}
        onChange={setMinutes}
      />
      <p class="soft">
        Ready at {clockTime(readyAt, board.zone.value)}
        {minutes === estimate && ', as estimated'}. Promised to the shopper by{' '}
        {clockTime(pickup.promiseBy, board.zone.value)}.
      </p>
      <ActingNote acting={acting} />
      <ActButton acting={acting} onClick={() => void submit()}>
        Accept
      </ActButton>
    </Sheet>
  );
}

const reasons = [
  ['out_of_stock', 'Out of stock'],
  ['too_busy', 'Too busy'],
  ['store_closed', 'The store is closed'],
  ['price_error', 'The price is wrong'],
  ['damaged', 'The goods are damaged'],
  ['customer_requested', 'The customer asked for it'],
  ['other', 'Something else'],
] as const;

function Reject({ board, pickup, close }: SheetProps) {
  const acting = useActing();
  const [draft, setDraft, forget] = useDraft(`reject:${pickup.orderId}`, { reason: 'out_of_stock', note: '' });
  const submit = async () => {
    const note = draft.note.trim();
    const body = { reason: draft.reason, ...(note && { note }) };
    if (!(await acting.run((onRetry) => board.act(pickup.orderId, 'reject', body, onRetry)))) return;
    forget();
    close();
  };
  return (
    <Sheet title={`Can't do ${shortCode(pickup.orderId)}`} onClose={close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div class="field">
          <label for="reason">Why</label>
          <select
            id="reason"
            value={draft.reason}
            onChange={(event) => setDraft({ ...draft, reason: event.currentTarget.value })}
          >
            {reasons.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="note">Note (optional)</label>
          <textarea
            id="note"
            rows={2}
            maxLength={240}
            value={draft.note}
            onInput={(event) => setDraft({ ...draft, note: event.currentTarget.value })}
          />
        </div>
        <p class="soft">The shop hears of it at once; the order goes on without your store, or is called off.</p>
        <ActingNote acting={acting} />
        <ActButton acting={acting} kind="danger">
          Reject this order
        </ActButton>
      </form>
    </Sheet>
  );
}

function Delay({ board, pickup, close }: SheetProps) {
  const acting = useActing();
  const [minutes, setMinutes] = useState(Math.max(10, minutesUntil(pickup.readyAt) + 10));
  const readyAt = board.minutesFromNow(minutes);
  const submit = async () => {
    if (await acting.run((onRetry) => board.act(pickup.orderId, 'delay', { readyAt }, onRetry))) close();
  };
  return (
    <Sheet title={`More time for ${shortCode(pickup.orderId)}`} onClose={close}>
      <Stepper
        label="Ready in"
        value={minutes}
        min={5}
        max={240}
        step={5}
        text={(value) => `${value} min`}
        onChange={setMinutes}
      />
      <p class="soft">
        Ready at {clockTime(readyAt, board.zone.value)} instead of {clockTime(pickup.readyAt, board.zone.value)}. The
        driver and the shopper are told.
        {pickup.parcels.length > 0 && ' The labels of the parcels so far are taken back.'}
      </p>
      <ActingNote acting={acting} />
      <ActButton acting={acting} onClick={() => void submit()}>
        Tell them
      </ActButton>
    </Sheet>
  );
}

function HandOver({ board, pickup, close }: SheetProps) {
  const acting = useActing();
  const [draft, setDraft, forget] = useDraft(`hand-over:${pickup.orderId}`, { runCode: '', labels: [] as string[] });
  const submit = async () => {
    // Without a connection the record is kept on the tablet, and the card says so: nobody has to stand by.
    const offline = () => {
      forget();
      close();
    };
    if (!(await acting.run(() => board.handOver(pickup.orderId, draft, offline)))) return;
    forget();
    close();
  };
  const tick = (label: string, checked: boolean) =>
    setDraft({
      ...draft,
      labels: checked ? [...draft.labels, label] : draft.labels.filter((other) => other !== label),
    });
  return (
    <Sheet title={`Hand over ${shortCode(pickup.orderId)}`} onClose={close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div class="field">
          <label for="run-code">The four digits on the driver's phone</label>
          <input
            id="run-code"
            class="run-code"
            inputMode="numeric"
            pattern="\d{4}"
            title="four digits"
            maxLength={4}
            required
            autoComplete="off"
            value={draft.runCode}
            onInput={(event) => setDraft({ ...draft, runCode: event.currentTarget.value })}
          />
          {pickup.driver?.name && <span class="hint">Due: {pickup.driver.name}</span>}
          {board.session.config.demo?.overview && (
            <span class="hint">
              A driver played by the demo shows you no phone. Then just wait: the card moves on when the driver has
              collected.
            </span>
          )}
        </div>
        <fieldset>
          <legend>Parcels handed over</legend>
          {pickup.parcels.map(({ label }) => (
            <Tick key={label} checked={draft.labels.includes(label)} onChange={(checked) => tick(label, checked)}>
              <span class="code">{label}</span>
            </Tick>
          ))}
        </fieldset>
        <ActingNote acting={acting} />
        <ActButton acting={acting}>Hand over</ActButton>
      </form>
    </Sheet>
  );
}

/** In steps of five, as the stepper goes. */
function minutesUntil(at: string): number {
  return Math.max(5, Math.round((Date.parse(at) - clock.now.peek()) / 300_000) * 5);
}
