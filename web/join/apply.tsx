import { useEffect, useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { Api } from '../shared/api.ts';
import { Page, ProblemNote, Tick } from '../shared/components.tsx';
import type { Applied, Openings } from '../shared/contract/joining.ts';
import { useDraft } from '../shared/drafts.ts';
import { paperName, vehicleName } from '../shared/paper-words.ts';

const api = new Api();

const nothingYet = { name: '', email: '', phone: '', mallId: '', vehicle: 'car', agreesToCheck: false };

/** Who wants to drive says so. There is no account: the link that follows is all they need. */
export function ApplyPage({ onApplied }: { onApplied: (token: string) => void }) {
  const [openings, setOpenings] = useState<Openings | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  useEffect(() => {
    api.get<Openings>('/v1/join').then(setOpenings, setFailure);
  }, []);
  return (
    <Page>
      <h1>Drive with us</h1>
      <p>
        You carry what people order from the stores of a mall to their door, the same day. You choose when you drive,
        you see what a run pays before you take it, and declining is free.
      </p>
      <ProblemNote error={failure} focus={false} />
      {openings && <ApplyForm openings={openings} onApplied={onApplied} />}
    </Page>
  );
}

function ApplyForm({ openings, onApplied }: { openings: Openings; onApplied: (token: string) => void }) {
  const acting = useActing();
  const [given, setGiven, forget] = useDraft('application', nothingYet);
  const change = (part: Partial<typeof nothingYet>) => setGiven({ ...given, ...part });
  const papers = openings.vehicles.find(({ vehicle }) => vehicle === given.vehicle)?.documents ?? [];
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void acting.run(async (onRetry) => {
          const { token } = await api.act<Applied>('/v1/join', given, onRetry);
          forget();
          onApplied(token);
        });
      }}
    >
      <h2>Apply</h2>
      <ActingNote acting={acting} />
      <div class="field">
        <label for="name">Your name, as on your papers</label>
        <input
          id="name"
          required
          maxLength={80}
          autoComplete="name"
          value={given.name}
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for="email">E-mail</label>
        <input
          id="email"
          type="email"
          required
          maxLength={200}
          autoComplete="email"
          value={given.email}
          onInput={(event) => change({ email: event.currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for="phone">Phone</label>
        <input
          id="phone"
          type="tel"
          required
          maxLength={25}
          autoComplete="tel"
          value={given.phone}
          onInput={(event) => change({ phone: event.currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for="mall">Mall</label>
        <select
          id="mall"
          required
          value={given.mallId}
          onChange={(event) => change({ mallId: event.currentTarget.value })}
        >
          <option value="">Choose a mall</option>
          {openings.malls.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for="vehicle">How you get around</label>
        <select id="vehicle" value={given.vehicle} onChange={(event) => change({ vehicle: event.currentTarget.value })}>
          {openings.vehicles.map(({ vehicle }) => (
            <option key={vehicle} value={vehicle}>
              {vehicleName(vehicle)}
            </option>
          ))}
        </select>
      </div>
      <section class="stack tight" aria-labelledby="needed">
        <h3 id="needed">What we ask you for next</h3>
        <ul class="stack tight">
          {papers.map(({ kind, why }) => (
            <li key={kind}>
              <strong>{paperName(kind)}.</strong> <span class="soft">{why}</span>
            </li>
          ))}
        </ul>
      </section>
      <Tick checked={given.agreesToCheck} onChange={(agreesToCheck) => change({ agreesToCheck })}>
        I agree to a background check. Its outcome decides whether I can drive, and I may ask what it says.
      </Tick>
      <div>
        <ActButton acting={acting}>Apply</ActButton>
      </div>
      <p class="soft small">
        We keep your name, e-mail, phone and pictures for this application only. Sixty days after it was refused or
        withdrawn they are erased.
      </p>
    </form>
  );
}
