import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { TimeLeft, useHeadingFocus } from '../shared/components.tsx';
import type { Giving, Run } from '../shared/contract/driver.ts';
import { useDraft } from '../shared/drafts.ts';
import { clockTime, count } from '../shared/format.ts';
import { ParcelTicks } from './parcels.tsx';
import { placeHref } from './places.ts';
import type { Phone } from './state.ts';

/** Nothing else is left of the run: the driver waits for whoever comes for the parcels. */
export function GivingPage({ phone, run }: { phone: Phone; run: Run }) {
  const heading = useHeadingFocus('giving');
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        Another driver takes over
      </h1>
      <Givings phone={phone} run={run} />
    </>
  );
}

/** What this driver is to give to others, each with its own act. */
export function Givings({ phone, run }: { phone: Phone; run: Run }) {
  return (
    <>
      {(run.handOvers ?? []).map((giving) => (
        <GivingCard phone={phone} run={run} giving={giving} key={giving.orderId} />
      ))}
    </>
  );
}

function GivingCard({ phone, run, giving }: { phone: Phone; run: Run; giving: Giving }) {
  const { orderId, to, parcels, given, until, position } = giving;
  const name = to?.name ?? 'the other driver';
  const title = to ? `Hand over to ${name}` : 'Keep the parcels: another driver is looked for';
  const isKept = phone.unsentGivings.value.includes(orderId);
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <p>
        {count(parcels.length, 'parcel')}: <span class="code">{parcels.map(({ label }) => label).join(', ')}</span>
      </p>
      <p>
        By {clockTime(until, run.mall?.zone ?? 'UTC')} (<TimeLeft until={until} />)
      </p>
      <div class="row">
        <a class="button" target="_blank" rel="noreferrer" href={placeHref(position)}>
          Where you meet
        </a>
      </div>
      {given && (
        <p role="status">
          You said that {name} has {given.labels.join(', ')}. You are free once they have said so too.
        </p>
      )}
      {isKept && <p role="status">Kept on this phone; it is sent when there is a connection.</p>}
      {to && !given && !isKept && <GiveForm phone={phone} giving={giving} name={name} key={to.driverId} />}
    </section>
  );
}

function GiveForm({ phone, giving, name }: { phone: Phone; giving: Giving; name: string }) {
  const acting = useActing();
  const { orderId, parcels } = giving;
  const [code, setCode] = useState('');
  const [mend, setMend] = useState('');
  const [ticked, setTicked, forget] = useDraft<string[]>(`give:${orderId}`, []);
  const labels = ticked.filter((label) => parcels.some((parcel) => parcel.label === label));

  const submit = async () => {
    const lacks = /^\d{4}$/.test(code) ? '' : `Ask for the four digits on the phone of ${name}.`;
    setMend(lacks);
    if (lacks) return;
    if (await acting.run((retry) => phone.give(orderId, { runCode: code, labels }, retry))) forget();
  };
  return (
    <>
      <ParcelTicks legend="Parcels you give" parcels={parcels} ticked={labels} onChange={setTicked} />
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div class="field">
          <label for={`code-${orderId}`}>The code on the phone of {name}</label>
          <input
            id={`code-${orderId}`}
            class="code"
            inputMode="numeric"
            autoComplete="off"
            maxLength={4}
            value={code}
            onInput={(event) => setCode(event.currentTarget.value.trim())}
          />
        </div>
        {mend && (
          <p class="note bad" role="alert">
            {mend}
          </p>
        )}
        <ActingNote acting={acting} />
        <ActButton acting={acting}>Handed over</ActButton>
      </form>
    </>
  );
}
