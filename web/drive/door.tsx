import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { Tick } from '../shared/components.tsx';
import type { Stop } from '../shared/contract/driver.ts';
import { useDraft } from '../shared/drafts.ts';
import { count } from '../shared/format.ts';
import { PhotoField } from '../shared/photo-field.tsx';
import { CannotSheet } from './cannot-sheet.tsx';
import type { Phone } from './state.ts';
import { TooFar } from './too-far.tsx';

/** At the door: proof by photo or PIN, and perhaps parcels that are refused. */
export function AtDoor({ phone, stop }: { phone: Phone; stop: Stop }) {
  const acting = useActing();
  const [photo, setPhoto] = useState<Blob | null>(null);
  const [photoKey, setPhotoKey] = useState<string | null>(null);
  const [isFailing, setFailing] = useState(false);
  const [mend, setMend] = useState('');
  const [draft, setDraft, forget] = useDraft(`door:${stop.id}`, { pin: '', refused: [] as string[] });
  const parcels = stop.parcels ?? [];
  const refusedLabels = draft.refused.filter((label) => parcels.some((parcel) => parcel.label === label));
  const needsPin = stop.door?.proof === 'pin';
  const offersSample = phone.session.config.demo !== undefined;

  const complete = async (awayReason?: string) => {
    if (refusedLabels.length === parcels.length && parcels.length > 0) {
      return setMend('They take nothing: choose “Can’t deliver” and say so there.');
    }
    if (!needsPin && !photo) return setMend('Take a photo of the parcels at the door first.');
    if (needsPin && !/^\d{6}$/.test(draft.pin)) return setMend('Type the six digits that the shopper tells you.');
    setMend('');
    const sent = await acting.run(async (retry) => {
      const labels = parcels.map(({ label }) => label).filter((label) => !refusedLabels.includes(label));
      let proof: object = { kind: 'pin', pin: draft.pin };
      if (!needsPin && photo) {
        const key = photoKey ?? (await phone.upload(stop.id, photo, retry));
        setPhotoKey(key);
        proof = { kind: 'photo', photoKey: key };
      }
      await phone.atStop(stop.id, 'complete', { labels, refusedLabels, proof, awayReason }, retry);
    });
    if (sent) forget();
  };

  return (
    <>
      <fieldset>
        <legend>Hand over {count(parcels.length, 'parcel')}</legend>
        <p class="hint">Untick what they do not take; it goes back to its store.</p>
        {parcels.map(({ label }) => (
          <Tick
            key={label}
            checked={!refusedLabels.includes(label)}
            onChange={(taken) =>
              setDraft({
                ...draft,
                refused: taken ? draft.refused.filter((other) => other !== label) : [...draft.refused, label],
              })
            }
          >
            <span class="code">{label}</span>
            {refusedLabels.includes(label) && <span class="late"> refused</span>}
          </Tick>
        ))}
      </fieldset>
      {needsPin ? (
        <div class="field">
          <label for="pin">The shopper's PIN</label>
          <input
            id="pin"
            class="pin-entry"
            inputMode="numeric"
            maxLength={6}
            autoComplete="off"
            value={draft.pin}
            onInput={(event) => setDraft({ ...draft, pin: event.currentTarget.value.replace(/\D/g, '') })}
          />
          <span class="hint">Six digits. The shopper sees them on their tracking page.</span>
        </div>
      ) : (
        <PhotoField
          label="Photo of the parcels at the door"
          photo={photo}
          offersSample={offersSample}
          onChange={(taken) => {
            setPhoto(taken);
            setMend('');
            setPhotoKey(null);
          }}
        />
      )}
      <div class="act">
        {mend && (
          <p class="note bad" role="alert">
            {mend}
          </p>
        )}
        <ActingNote acting={acting} />
        <TooFar acting={acting} choose={(awayReason) => void complete(awayReason)} />
        <ActButton acting={acting} onClick={() => void complete()}>
          Delivered
        </ActButton>
        <button type="button" onClick={() => setFailing(true)}>
          Can't deliver
        </button>
      </div>
      {isFailing && <CannotSheet phone={phone} stop={stop} close={() => setFailing(false)} />}
    </>
  );
}
