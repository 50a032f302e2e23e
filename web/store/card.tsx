import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { Pill, ProblemNote, TimeLeft } from '../shared/components.tsx';
import type { Pickup } from '../shared/contract/store.ts';
import { clockTime, count, dayAndTime, shortCode, words } from '../shared/format.ts';
import type { Column } from './board.ts';
import type { Board, SheetKind } from './state.ts';

export function Card({ board, pickup, column }: { board: Board; pickup: Pickup; column: Column }) {
  const code = shortCode(pickup.orderId);
  const zone = board.zone.value;
  return (
    <li class="card">
      <div class="row spread">
        <h3 class="short">{code}</h3>
        <Due pickup={pickup} column={column} zone={zone} />
      </div>
      <Lines pickup={pickup} />
      {pickup.driver && (
        <p>
          Driver: <strong>{pickup.driver.name ?? 'assigned'}</strong>
        </p>
      )}
      {column === 'ready' && <Labels pickup={pickup} />}
      {column === 'ready' && pickup.storeRecord && (
        <p class="note">
          You recorded the hand-over at {clockTime(pickup.storeRecord.occurredAt, zone)}. The card moves on when the
          driver confirms it.
        </p>
      )}
      {pickup.keptForDayFrom && (column === 'ready' || column === 'preparing') && (
        <p class="note">
          Nobody collected it before the mall closed. Keep it: it is collected from{' '}
          {dayAndTime(pickup.keptForDayFrom, zone)}.
        </p>
      )}
      <Kept board={board} orderId={pickup.orderId} />
      <Acts board={board} pickup={pickup} column={column} />
    </li>
  );
}

/** A hand-over that was recorded on this tablet: not sent yet, or refused when it was. */
function Kept({ board, orderId }: { board: Board; orderId: string }) {
  const refusal = board.refusals.value[orderId];
  if (refusal) return <ProblemNote error={refusal} focus={false} />;
  if (!board.unsent.value.includes(orderId)) return null;
  return (
    <p class="note warn" role="status">
      <strong>The hand-over is kept on this tablet.</strong>
      <span>It is sent by itself when there is a connection, with the time at which you recorded it.</span>
    </p>
  );
}

function Due({ pickup, column, zone }: { pickup: Pickup; column: Column; zone: string }) {
  switch (column) {
    case 'new':
      return (
        <span>
          answer by {clockTime(pickup.confirmBy, zone)} · <TimeLeft until={pickup.confirmBy} />
        </span>
      );
    case 'preparing':
      return (
        <span>
          ready by {clockTime(pickup.readyAt, zone)} · <TimeLeft until={pickup.readyAt} />
        </span>
      );
    case 'ready':
      return <Pill tone="good">ready since {clockTime(pickup.readyAt, zone)}</Pill>;
    case 'handed_over':
      return <span class="soft">{pickup.handedOverAt && `at ${clockTime(pickup.handedOverAt, zone)}`}</span>;
  }
}

function Lines({ pickup }: { pickup: Pickup }) {
  return (
    <ul class="lines">
      {pickup.lines.map((line) => (
        <li key={line.id}>
          <strong>{line.quantity} ×</strong>
          <span>
            {line.name} <span class="soft code small">{line.sku}</span>
            {pickup.missingLineIds.includes(line.id) && <span class="late"> missing</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Labels({ pickup }: { pickup: Pickup }) {
  return (
    <p class="soft">
      {count(pickup.parcels.length, 'parcel')}:{' '}
      <span class="code">{pickup.parcels.map(({ label }) => label).join(', ')}</span>
    </p>
  );
}

const actsOf: Record<Column, { kind: SheetKind; text: string; primary?: boolean }[]> = {
  new: [
    { kind: 'accept', text: 'Accept', primary: true },
    { kind: 'reject', text: "Can't do it" },
  ],
  preparing: [
    { kind: 'ready', text: 'Mark ready', primary: true },
    { kind: 'delay', text: 'More time' },
    { kind: 'reject', text: "Can't do it" },
  ],
  ready: [
    { kind: 'hand_over', text: 'Hand over', primary: true },
    { kind: 'delay', text: 'Not ready after all' },
  ],
  handed_over: [],
};

function Acts({ board, pickup, column }: { board: Board; pickup: Pickup; column: Column }) {
  const code = shortCode(pickup.orderId);
  // Once a delay was told, the store can only deliver or let the time pass.
  const acts = actsOf[column].filter(({ kind }) => !(kind === 'reject' && pickup.status === 'delayed'));
  if (acts.length === 0 || pickup.storeRecord || board.unsent.value.includes(pickup.orderId)) return null;
  return (
    <div class="row">
      {acts.map(({ kind, text, primary }) => (
        <button
          key={kind}
          type="button"
          class={primary ? 'primary' : ''}
          aria-label={`${text}: ${code}`}
          onClick={() => {
            board.open.value = { kind, orderId: pickup.orderId };
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

export function StoppedCard({ board, pickup }: { board: Board; pickup: Pickup }) {
  const acting = useActing();
  const code = shortCode(pickup.orderId);
  return (
    <li class="card attention">
      <div class="row spread">
        <h3>
          Stop <span class="short">{code}</span>
        </h3>
        <Pill tone="bad">{pickup.reason ? words(pickup.reason) : 'the order is off'}</Pill>
      </div>
      <p>Stop the work on it and put everything back on the shelf.</p>
      <Lines pickup={pickup} />
      <ActingNote acting={acting} />
      <div>
        <ActButton
          acting={acting}
          onClick={() =>
            void acting.run((onRetry) => board.act(pickup.orderId, 'acknowledge-stop', undefined, onRetry))
          }
        >
          It is back on the shelf
        </ActButton>
      </div>
    </li>
  );
}

export function ReturningCard({ pickup, zone }: { pickup: Pickup; zone: string }) {
  const back = pickup.parcels.filter(({ toReturn, at }) => toReturn && at === 'driver');
  return (
    <li class="card attention">
      <h3>
        Coming back <span class="short">{shortCode(pickup.orderId)}</span>
      </h3>
      <p>
        {pickup.driver?.name ?? 'The driver'} brings {count(back.length, 'parcel')} back:{' '}
        <span class="code">{back.map(({ label }) => label).join(', ')}</span>. Take it at the counter.
      </p>
      {pickup.custody && (
        <p class="note">
          <strong>You were closed; the driver keeps it.</strong>
          <span>
            In the driver's care since {dayAndTime(pickup.custody.since, zone)}, back by{' '}
            {dayAndTime(pickup.custody.until, zone)}.
          </span>
        </p>
      )}
    </li>
  );
}
