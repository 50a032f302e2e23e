import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { announce, Tick } from '../shared/components.tsx';
import type { Provider } from '../shared/contract/providers.ts';
import { useDraft } from '../shared/drafts.ts';
import { words } from '../shared/format.ts';
import { Choice } from './choice.tsx';
import { Field } from './field.tsx';
import { idOf, insurances, newProvider, type ProviderDraft, vehiclesOf, wantedOf, weekdays } from './provider-draft.ts';
import type { ProvidersDesk } from './providers-state.ts';

const kinds = [
  ['delivery_partner', 'A delivery company, insured, with trained drivers'],
  ['hub_store', 'A local store that delivers within ten miles'],
] as const;

/** Somebody more who carries. What is rarely said, such as cities and single days, is said through the API. */
export function AddProvider({ providers, known }: { providers: ProvidersDesk; known: readonly Provider[] }) {
  const acting = useActing();
  const [draft, setDraft, forget] = useDraft<ProviderDraft>('provider', newProvider());
  const [wanted, setWanted] = useState<string | null>(null);
  const { kind } = draft;
  const malls = providers.desk.malls.value.map(({ id, name }) => [id, name] as const);
  const change = (some: Partial<ProviderDraft>) => {
    setWanted(null);
    setDraft({ ...draft, ...some });
  };
  const ticks = (name: 'mallIds' | 'vehicles' | 'days', legend: string, options: Record<string, string>) => (
    <fieldset>
      <legend>{legend}</legend>
      {Object.entries(options).map(([value, text]) => (
        <Tick
          key={value}
          checked={draft[name].includes(value)}
          onChange={(checked) =>
            change({
              [name]: Object.keys(options).filter((one) => (one === value ? checked : draft[name].includes(one))),
            })
          }
        >
          {text}
        </Tick>
      ))}
    </fieldset>
  );
  const send = async () => {
    const still = wantedOf(draft, known);
    setWanted(still);
    if (still || !(await acting.run(() => providers.add(draft)))) return;
    announce(`${draft.name} is added.`);
    setDraft(newProvider());
    forget();
  };
  return (
    <form
      class="card"
      aria-labelledby="add"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h2 id="add">Add a provider</h2>
      <Choice
        id="add-kind"
        label="What it is"
        value={kind}
        options={kinds}
        choose={(chosen) => change({ kind: chosen as ProviderDraft['kind'], vehicles: [], mallIds: [] })}
      />
      {kind && (
        <>
          <Field
            id="add-name"
            label="Name"
            type="text"
            maxLength={80}
            value={draft.name}
            {...(idOf(draft.name) && { hint: `Retailers and drivers name it ${idOf(draft.name)}.` })}
            onInput={(name) => change({ name })}
          />
          <div class="fields ticks">
            {kind === 'hub_store' ? (
              <Choice
                id="add-mall"
                label="Mall that it is near"
                value={draft.mallIds[0] ?? ''}
                options={malls}
                choose={(id) => change({ mallIds: id ? [id] : [] })}
              />
            ) : (
              ticks('mallIds', 'Malls that it serves', Object.fromEntries(malls))
            )}
            {ticks('vehicles', 'Vehicles', Object.fromEntries(vehiclesOf[kind].map((vehicle) => [vehicle, vehicle])))}
            {ticks('days', 'Days', weekdays)}
          </div>
          <div class="fields">
            <Field id="add-from" label="From" type="time" value={draft.from} onInput={(from) => change({ from })} />
            <Field
              id="add-until"
              label="Until"
              type="time"
              value={draft.until}
              onInput={(until) => change({ until })}
            />
            {kind === 'hub_store' && (
              <Field
                id="add-place"
                label="Latitude, longitude"
                type="text"
                value={draft.place}
                onInput={(place) => change({ place })}
              />
            )}
          </div>
          {kind === 'delivery_partner' && (
            <div class="fields">
              {insurances.map((insurance) => (
                <Field
                  key={insurance}
                  id={`add-${insurance}`}
                  label={`${words(insurance)}, last day`}
                  type="date"
                  value={draft.lastDays[insurance] ?? ''}
                  onInput={(day) => change({ lastDays: { ...draft.lastDays, [insurance]: day } })}
                />
              ))}
            </div>
          )}
        </>
      )}
      {wanted && (
        <p class="note warn" role="alert">
          {wanted}
        </p>
      )}
      <ActingNote acting={acting} />
      <div>
        <ActButton acting={acting}>Add the provider</ActButton>
      </div>
    </form>
  );
}
