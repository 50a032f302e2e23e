import { useSignal } from '@preact/signals';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { Pill, ProblemNote } from '../shared/components.tsx';
import type { Driver } from '../shared/contract/driver.ts';
import type { Clearance, Dossier, Suspension } from '../shared/contract/joining.ts';
import { useDraft } from '../shared/drafts.ts';
import { dayName, paperName, suspensionReason } from '../shared/paper-words.ts';
import { Papers } from '../shared/papers.tsx';
import type { Phone } from './state.ts';

/** Why no offers come, and what the driver can say to that. */
export function SuspendedCard({ phone, suspension }: { phone: Phone; suspension: Suspension | undefined }) {
  const { note, appeal, answer } = suspension?.texts ?? {};
  const isUpheld = suspension?.appeal?.upheldAt !== undefined;
  return (
    <section class="card" aria-labelledby="suspended">
      <h2 id="suspended">You are suspended</h2>
      <p>
        {suspension ? (
          <>
            <strong>{suspensionReason(suspension.reason)}</strong>, since {dayName(suspension.since)}.
          </>
        ) : (
          'Talk to operations.'
        )}{' '}
        No offers come. What you earned is yours.
      </p>
      {note && <p class="note warn">{note}</p>}
      {suspension && !suspension.appeal && <AppealForm phone={phone} />}
      {appeal && (
        <div class="stack tight">
          <h3>Your appeal</h3>
          <p>{appeal}</p>
          {isUpheld ? (
            <p class="note bad">
              <strong>The suspension stays.</strong>
              {answer && <span>{answer}</span>}
            </p>
          ) : (
            <p class="soft">Operations have it. Their answer comes to this page.</p>
          )}
        </div>
      )}
    </section>
  );
}

function AppealForm({ phone }: { phone: Phone }) {
  const acting = useActing();
  const [text, setText, forget] = useDraft('appeal', '');
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void acting.run((onRetry) => phone.appeal(text, onRetry)).then((isDone) => isDone && forget());
      }}
    >
      <ActingNote acting={acting} />
      <div class="field">
        <label for="appeal">Is that wrong? Say why, once</label>
        <textarea
          id="appeal"
          required
          rows={5}
          maxLength={2000}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <div>
        <ActButton acting={acting}>Appeal</ActButton>
      </div>
    </form>
  );
}

/** What runs out is told at once; the papers themselves are asked for when somebody wants to see them. */
export function PapersCard({ phone, papers }: { phone: Phone; papers: NonNullable<Driver['papers']> }) {
  const dossier = useSignal<Dossier | null>(null);
  const failure = useSignal<Error | null>(null);
  const read = async () => {
    failure.value = null;
    try {
      dossier.value = await phone.session.api.get<Dossier>('/v1/driver/documents');
    } catch (error) {
      failure.value = error as Error;
    }
  };
  const shown = dossier.value;
  const told = toldOf(papers);
  return (
    <section class="card" aria-labelledby="papers">
      <div class="row spread">
        <h2 id="papers">Your papers</h2>
        {!papers.isCleared && <Pill tone="bad">No offers until accepted</Pill>}
      </div>
      {told.length > 0 && (
        <ul class="stack tight">
          {told.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <ProblemNote error={failure.value} />
      {shown ? (
        <Papers
          required={shown.required}
          documents={shown.documents}
          ending={[...shown.lapsed, ...shown.ending].map(({ kind }) => kind)}
          offersSample={phone.session.config.demo !== undefined}
          onShow={async (...paper) => {
            await phone.showPaper(...paper);
            await read();
          }}
        />
      ) : (
        <div>
          <button type="button" onClick={() => void read()}>
            Show my papers
          </button>
        </div>
      )}
    </section>
  );
}

function toldOf({ lapsed, missing, ending }: Clearance): string[] {
  return [
    ...lapsed.map(({ kind }) => `${paperName(kind)} has run out. Show a valid one, and offers come again.`),
    ...missing.map((kind) => `${paperName(kind)} is wanted for your vehicle.`),
    ...ending.map(
      ({ kind, until }) => `${paperName(kind)} runs out on ${dayName(lastDay(until!))}. Show the new one in time.`,
    ),
  ];
}

/** The instant is the end of that day. */
function lastDay(until: string): string {
  return new Date(Date.parse(until) - 86_400_000 / 2).toISOString();
}
