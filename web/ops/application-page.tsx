import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { Pill } from '../shared/components.tsx';
import type { Application } from '../shared/contract/joining.ts';
import { words } from '../shared/format.ts';
import { applicationRefusal, applicationRefusals, dayName, paperName, vehicleName } from '../shared/paper-words.ts';
import { Choice } from './choice.tsx';
import { AboutLink } from './drivers.tsx';
import type { DriversDesk } from './drivers-state.ts';
import { PaperDecisions, ReachFacts } from './paper-decisions.tsx';
import { ReasonForm } from './reason-form.tsx';
import type { About } from './state.ts';

interface Props {
  drivers: DriversDesk;
  about: About;
}

/** One application: who it is, what they have shown, the check, and the word on it. */
export function ApplicationView({ drivers, about }: Props) {
  const application = drivers.application.value;
  if (application?.id !== about.id) return <h1>Application</h1>;
  const { applicant, vehicle, mallId, status, appliedAt, documents } = application;
  return (
    <>
      <h1>{applicant?.name ?? 'Application'}</h1>
      <section class="card" aria-label="Who it is">
        <div class="row">
          <Pill tone={status === 'open' ? 'warn' : 'plain'}>{status}</Pill>
          <span>
            {vehicleName(vehicle)}, {drivers.desk.mallName(mallId)}, applied {dayName(appliedAt)}
          </span>
        </div>
        {applicant && <ReachFacts reach={applicant} />}
        <Outcome drivers={drivers} application={application} />
      </section>
      <div class="two">
        <PaperDecisions drivers={drivers} about={about} papers={documents} />
        {status === 'open' && (
          <div class="stack">
            <Check drivers={drivers} about={about} application={application} />
            <Approve drivers={drivers} about={about} application={application} />
            <Refuse drivers={drivers} about={about} />
          </div>
        )}
      </div>
    </>
  );
}

function Outcome({ drivers, application }: { drivers: DriversDesk; application: Application }) {
  const { refusal, note, lapsed, driverId, erasedAt } = application;
  return (
    <>
      {refusal && <p>{applicationRefusal(refusal)}</p>}
      {note && <p>{note}</p>}
      {lapsed && <p>Nobody had moved it for 60 days.</p>}
      {erasedAt && <p class="soft">Who it was is erased.</p>}
      {driverId && (
        <p>
          <AboutLink desk={drivers.desk} about={{ kind: 'driver', id: driverId }}>
            See the driver
          </AboutLink>
        </p>
      )}
    </>
  );
}

const outcomes = ['clear', 'pending', 'consider', 'failed'].map((code) => [code, code] as const);

function Check({ drivers, about, application: { check } }: Props & { application: Application }) {
  const acting = useActing();
  const [reference, setReference] = useState(check?.reference ?? '');
  const [outcome, setOutcome] = useState(check?.outcome ?? '');
  return (
    <form
      class="card"
      aria-labelledby="check"
      onSubmit={(event) => {
        event.preventDefault();
        void acting.run((onRetry) => drivers.act(about, 'check', { outcome, reference }, onRetry));
      }}
    >
      <h2 id="check">Background check</h2>
      <p>{check ? `${words(check.outcome)}, ${check.reference}, ${dayName(check.at)}.` : 'Not made yet.'}</p>
      <ActingNote acting={acting} />
      <div class="field">
        <label for="check-reference">Reference of whoever made it</label>
        <input
          id="check-reference"
          required
          maxLength={80}
          autoComplete="off"
          value={reference}
          onInput={(event) => setReference(event.currentTarget.value)}
        />
      </div>
      <Choice id="check-outcome" label="What came of it" value={outcome} options={outcomes} choose={setOutcome} />
      <div>
        <ActButton acting={acting} kind="plain">
          Record the check
        </ActButton>
      </div>
    </form>
  );
}

function Approve({ drivers, about, application: { wanted } }: Props & { application: Application }) {
  const acting = useActing();
  return (
    <section class="card" aria-labelledby="approve">
      <h2 id="approve">Approve</h2>
      {wanted.length > 0 ? (
        <p>Still wanted: {wanted.map(paperName).join(', ')}.</p>
      ) : (
        <p>They become a driver, and get a first password by e-mail. Nothing is wanted any more.</p>
      )}
      <ActingNote acting={acting} />
      {wanted.length === 0 && (
        <div>
          <ActButton
            acting={acting}
            onClick={() => void acting.run((onRetry) => drivers.act(about, 'approve', {}, onRetry))}
          >
            Approve and invite
          </ActButton>
        </div>
      )}
    </section>
  );
}

function Refuse({ drivers, about }: Props) {
  return (
    <ReasonForm
      id="refuse"
      title="Refuse"
      reasonLabel="Why, as they read it"
      reasons={applicationRefusals}
      noteLabel="More, if it helps them"
      button="Refuse the application"
      draft={`refusal:${about.id}`}
      send={(refusal, onRetry) => drivers.act(about, 'refuse', refusal, onRetry)}
    />
  );
}
