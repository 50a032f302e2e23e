import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { Sheet, Stepper } from '../shared/components.tsx';
import type { Position } from '../shared/contract/common.ts';
import type { Stop } from '../shared/contract/driver.ts';
import { useDraft } from '../shared/drafts.ts';
import { count } from '../shared/format.ts';
import { PhotoField } from '../shared/photo-field.tsx';
import type { Phone } from './state.ts';
import { reasonsOf } from './stops.ts';

const titles: Record<Stop['kind'], string> = {
  pickup: 'Leave without the rest',
  hand_over: "Can't take over",
  dropoff: "Can't deliver",
  return: "Can't give back",
};

const effects: Record<Stop['kind'], string> = {
  pickup: 'What you have taken on board stays yours to deliver. The run goes on without the rest of this store.',
  hand_over: 'Operations decide what becomes of the parcels. This stop is paid, and the run goes on without them.',
  dropoff: 'You need not wait: the parcels stay on board and go back to their stores at the end of the run, paid.',
  return:
    'You keep the parcels. Closed stores get them back when they open, by a second paid trip; otherwise operations tell you what to do.',
};

/** Why a stop cannot be done, with the evidence that the reason needs and no other. */
export function CannotSheet({ phone, stop, close }: { phone: Phone; stop: Stop; close: () => void }) {
  const acting = useActing();
  const reasons = reasonsOf[stop.kind];
  const [draft, setDraft, forget] = useDraft(`cannot:${stop.id}`, { reason: reasons[0]!.code, attempts: 0, note: '' });
  const [photo, setPhoto] = useState<Blob | null>(null);
  const [position, setPosition] = useState<Position | null>(null);
  const [mend, setMend] = useState('');
  const reason = reasons.find(({ code }) => code === draft.reason) ?? reasons[0]!;
  const needs = (kind: (typeof reason.needs)[number]) => reason.needs.includes(kind);

  const missing = () => {
    if (needs('contact_attempts') && draft.attempts === 0) return 'Call or ring first, and count how often.';
    if (needs('photo') && !photo) return 'Take a photo of what you see.';
    if (needs('place') && !position) return 'Say where you are.';
    if (needs('note') && draft.note.trim() === '') return 'Write what they said.';
    return '';
  };

  const submit = async () => {
    const lacking = missing();
    setMend(lacking);
    if (lacking) return;
    const sent = await acting.run(async (retry) => {
      const note = draft.note.trim();
      const evidence = {
        ...(needs('contact_attempts') && { contactAttempts: draft.attempts }),
        ...(needs('photo') && photo && { photoKey: await phone.upload(stop.id, photo, retry) }),
        ...(needs('place') && position && { position }),
        ...(note && { note }),
      };
      await phone.atStop(stop.id, 'fail', { reason: reason.code, evidence }, retry);
    });
    if (!sent) return;
    forget();
    close();
  };

  return (
    <Sheet title={titles[stop.kind]} onClose={close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div class="field">
          <label for="cannot-reason">Why</label>
          <select
            id="cannot-reason"
            value={reason.code}
            onChange={(event) => setDraft({ ...draft, reason: event.currentTarget.value })}
          >
            {reasons.map(({ code, text }) => (
              <option key={code} value={code}>
                {text}
              </option>
            ))}
          </select>
        </div>
        {needs('contact_attempts') && (
          <Stepper
            label="Times you called or rang"
            value={draft.attempts}
            min={0}
            max={20}
            text={(value) => count(value, 'time')}
            onChange={(attempts) => setDraft({ ...draft, attempts })}
          />
        )}
        {needs('place') && <PlaceField stop={stop} position={position} onChange={setPosition} />}
        {needs('photo') && (
          <PhotoField
            label="Photo of what you see"
            photo={photo}
            offersSample={phone.session.config.demo !== undefined}
            onChange={(taken) => {
              setPhoto(taken);
              setMend('');
            }}
          />
        )}
        <div class="field">
          <label for="cannot-note">{needs('note') ? 'What they said' : 'Note (optional)'}</label>
          <textarea
            id="cannot-note"
            rows={2}
            maxLength={500}
            value={draft.note}
            onInput={(event) => setDraft({ ...draft, note: event.currentTarget.value })}
          />
        </div>
        <p class="soft">{effects[stop.kind]}</p>
        {mend && (
          <p class="note bad" role="alert">
            {mend}
          </p>
        )}
        <ActingNote acting={acting} />
        <ActButton acting={acting} kind="danger">
          {titles[stop.kind]}
        </ActButton>
      </form>
    </Sheet>
  );
}

function PlaceField(props: { stop: Stop; position: Position | null; onChange: (position: Position) => void }) {
  const { stop, position, onChange } = props;
  const [problem, setProblem] = useState('');
  const pin = stop.door?.position ?? stop.store?.position;
  return (
    <fieldset>
      <legend>Where you are</legend>
      <div class="row">
        <button
          type="button"
          onClick={() =>
            navigator.geolocation.getCurrentPosition(
              ({ coords }) => {
                setProblem('');
                onChange([coords.longitude, coords.latitude]);
              },
              () => setProblem('The phone does not tell where it is. Say that you are at the pin on the map.'),
            )
          }
        >
          Use my location
        </button>
        {pin && (
          <button type="button" onClick={() => onChange(pin)}>
            I am at the pin on the map
          </button>
        )}
      </div>
      <p role="status">{position ? `Noted: ${position[1].toFixed(4)}, ${position[0].toFixed(4)}` : problem}</p>
    </fieldset>
  );
}
