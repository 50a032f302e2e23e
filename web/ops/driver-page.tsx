import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { Pill } from '../shared/components.tsx';
import type { DriverInFull, Suspension } from '../shared/contract/joining.ts';
import { useDraft } from '../shared/drafts.ts';
import { dayName, suspensionReason, suspensionReasons, vehicleName } from '../shared/paper-words.ts';
import type { DriversDesk } from './drivers-state.ts';
import { PaperDecisions, ReachFacts } from './paper-decisions.tsx';
import { ReasonForm } from './reason-form.tsx';
import type { About } from './state.ts';

interface Props {
  drivers: DriversDesk;
  about: About;
}

/** One driver: how to reach them, whether they may work, and what to do about it. */
export function DriverView({ drivers, about }: Props) {
  const driver = drivers.driver.value;
  if (driver?.id !== about.id) return <h1>Driver</h1>;
  const { name, vehicle, mallId, contact, documents } = driver;
  return (
    <>
      <h1>{contact?.name ?? name}</h1>
      <section class="card" aria-label="Who it is">
        <div class="row">
          <Standing driver={driver} />
          <span>
            {vehicleName(vehicle)}, {drivers.desk.mallName(mallId)}
          </span>
          <span class="soft code">{driver.id}</span>
        </div>
        <ReachFacts reach={contact} />
      </section>
      <div class="two">
        <PaperDecisions drivers={drivers} about={about} papers={documents} />
        {driver.status === 'suspended' ? (
          <Suspended drivers={drivers} about={about} suspension={driver.suspension} />
        ) : (
          <Suspend drivers={drivers} about={about} />
        )}
      </div>
    </>
  );
}

function Standing({ driver: { status, isCleared } }: { driver: DriverInFull }) {
  if (status === 'suspended') return <Pill tone="bad">suspended</Pill>;
  return <Pill tone={isCleared ? 'good' : 'warn'}>{isCleared ? 'may work' : 'papers ran out'}</Pill>;
}

function Suspend({ drivers, about }: Props) {
  return (
    <ReasonForm
      id="suspend"
      title="Suspend"
      intro={suspending}
      reasonLabel="Reason"
      reasons={suspensionReasons}
      noteLabel="What happened, as they read it"
      button="Suspend this driver"
      draft={`suspension:${about.id}`}
      send={(given, onRetry) => drivers.act(about, 'suspend', given, onRetry)}
    />
  );
}

const suspending =
  "No offers from now on, and the open one is withdrawn. A run under way is finished, unless you take it from them on the order's page. They read why, and may appeal once.";

function Suspended({ drivers, about, suspension }: Props & { suspension: Suspension | null }) {
  const acting = useActing();
  const [answer, setAnswer, forget] = useDraft(`answer:${about.id}`, '');
  const { note, appeal } = suspension?.texts ?? {};
  const awaitsAnswer = suspension?.appeal && !suspension.appeal.upheldAt;
  const send = (act: 'uphold' | 'reinstate') =>
    void acting
      .run((onRetry) => drivers.act(about, act, answer.trim() ? { answer } : {}, onRetry))
      .then((isDone) => isDone && forget());
  return (
    <section class="card" aria-labelledby="suspended">
      <h2 id="suspended">Suspended</h2>
      {suspension && (
        <p>
          {suspensionReason(suspension.reason)}, since {dayName(suspension.since)}.
        </p>
      )}
      {note && <p>{note}</p>}
      {appeal && (
        <div class="note warn">
          <strong>They appeal</strong>
          <span>{appeal}</span>
        </div>
      )}
      {suspension?.appeal?.upheldAt && (
        <p>
          You answered on {dayName(suspension.appeal.upheldAt)} that it stays. {suspension.texts?.answer}
        </p>
      )}
      <ActingNote acting={acting} />
      <div class="field">
        <label for="answer">Your answer, as they read it</label>
        <textarea
          id="answer"
          rows={3}
          maxLength={500}
          value={answer}
          onInput={(event) => setAnswer(event.currentTarget.value)}
        />
      </div>
      <div class="row">
        <ActButton acting={acting} kind="plain" onClick={() => send('reinstate')}>
          Let them work again
        </ActButton>
        {awaitsAnswer && (
          <ActButton acting={acting} kind="danger" onClick={() => send('uphold')}>
            The suspension stays
          </ActButton>
        )}
      </div>
    </section>
  );
}
