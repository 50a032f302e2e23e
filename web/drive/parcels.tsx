import { useId, useRef, useState } from 'preact/hooks';
import { announce, Tick } from '../shared/components.tsx';
import type { StopParcel } from '../shared/contract/driver.ts';
import { parcelOf } from './stops.ts';

/** Parcels ticked by a tap, or by typing (or scanning with a keyboard wedge) their labels. */
export function ParcelTicks(props: {
  legend: string;
  parcels: readonly StopParcel[];
  ticked: readonly string[];
  onChange: (labels: string[]) => void;
}) {
  const { legend, parcels, ticked, onChange } = props;
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState('');
  const id = useId();
  const field = useRef<HTMLInputElement>(null);

  const submit = () => {
    if (typed.trim() === '') return;
    const parcel = parcelOf(parcels, typed);
    if (!parcel) {
      setWrong(`${typed.trim()} does not belong here. Due: ${parcels.map(({ label }) => label).join(', ')}.`);
    } else {
      const isTwice = ticked.includes(parcel.label);
      setWrong(isTwice ? `${parcel.label} is ticked already.` : '');
      if (!isTwice) {
        onChange([...ticked, parcel.label]);
        announce(`${parcel.label} ticked, ${ticked.length + 1} of ${parcels.length}.`);
      }
      setTyped('');
    }
    field.current?.focus();
  };

  return (
    <div class="stack">
      <fieldset>
        <legend>
          {legend} ({ticked.length} of {parcels.length})
        </legend>
        {parcels.map(({ label }) => (
          <Tick
            key={label}
            checked={ticked.includes(label)}
            onChange={(checked) => onChange(checked ? [...ticked, label] : ticked.filter((other) => other !== label))}
          >
            <span class="code">{label}</span>
          </Tick>
        ))}
      </fieldset>
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <label for={id}>Scan or type a label</label>
        <input
          id={id}
          class="code"
          ref={field}
          value={typed}
          autoComplete="off"
          autoCapitalize="characters"
          enterKeyHint="done"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        {wrong && (
          <p class="late" role="alert">
            {wrong}
          </p>
        )}
      </form>
    </div>
  );
}
