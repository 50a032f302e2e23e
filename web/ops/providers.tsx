import { useMemo, useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { announce, Pill, ProblemNote, Sheet, WideTable } from '../shared/components.tsx';
import type { DeliveryPartner, Provider, ProviderWithDrivers } from '../shared/contract/providers.ts';
import { clockTime, words } from '../shared/format.ts';
import { AddProvider } from './provider-form.tsx';
import { ProvidersDesk } from './providers-state.ts';
import type { Desk } from './state.ts';

/** Who carries beside the operator's own drivers: what keeps them off dispatch, and who drives for them. */
export function Providers({ desk }: { desk: Desk }) {
  const providers = useMemo(() => new ProvidersDesk(desk), [desk]);
  const [suspending, setSuspending] = useState<Provider | null>(null);
  const all = providers.providers.value;
  const shown = providers.shown.value;
  return (
    <>
      <h1>Providers</h1>
      <ProblemNote error={providers.failure.value} focus={false} />
      {all?.length === 0 && <p class="empty">Only your own drivers carry: no provider is applied.</p>}
      {all && all.length > 0 && <Everybody providers={providers} all={all} suspend={setSuspending} />}
      {shown && <Drivers desk={desk} shown={shown} />}
      {shown?.provider.kind === 'delivery_partner' && (
        <Renew key={shown.provider.id} providers={providers} partner={shown.provider} />
      )}
      {all && <AddProvider providers={providers} known={all} />}
      {suspending && <Suspend providers={providers} provider={suspending} close={() => setSuspending(null)} />}
    </>
  );
}

const kinds: Record<Provider['kind'], string> = { delivery_partner: 'Delivery partner', hub_store: 'Hub store' };

function Everybody(props: { providers: ProvidersDesk; all: Provider[]; suspend: (provider: Provider) => void }) {
  const { providers, all, suspend } = props;
  return (
    <section class="card" aria-labelledby="everybody">
      <h2 id="everybody">Who carries beside your own drivers</h2>
      <WideTable label="Providers with their standing">
        <thead>
          <tr>
            <th scope="col">Provider</th>
            <th scope="col">Standing</th>
            <th scope="col">Where</th>
            <th scope="col">Vehicles</th>
            <th scope="col">Look and change</th>
          </tr>
        </thead>
        <tbody>
          {all.map((provider) => (
            <Row key={provider.id} providers={providers} provider={provider} suspend={suspend} />
          ))}
        </tbody>
      </WideTable>
    </section>
  );
}

function Row(props: { providers: ProvidersDesk; provider: Provider; suspend: (provider: Provider) => void }) {
  const { providers, provider, suspend } = props;
  const acting = useActing();
  const { id, name, kind, status } = provider;
  return (
    <tr>
      <th scope="row">
        {name}
        <div class="soft">
          {kinds[kind]}, {id}
        </div>
      </th>
      <td>
        <Standing provider={provider} />
      </td>
      <td>{whereOf(provider, providers.desk)}</td>
      <td>{provider.vehicles.join(', ')}</td>
      <td>
        <ActingNote acting={acting} />
        <div class="row">
          <button type="button" onClick={() => void providers.show(id)}>
            Show {name}
          </button>
          {status === 'active' ? (
            <button type="button" class="danger" onClick={() => suspend(provider)}>
              Suspend {name}
            </button>
          ) : (
            <ActButton
              acting={acting}
              kind="plain"
              onClick={() => void acting.run((onRetry) => providers.reinstate(id, onRetry))}
            >
              {`Reinstate ${name}`}
            </ActButton>
          )}
        </div>
      </td>
    </tr>
  );
}

function Standing({ provider }: { provider: Provider }) {
  const { standing, suspension, insurancesExpired, insurancesEndingSoon } = provider;
  return (
    <>
      <Pill tone={standing === 'cleared' ? 'good' : 'bad'}>
        {standing === 'cleared' ? 'may carry' : words(standing)}
      </Pill>
      {suspension && <div class="soft">{suspension.reason}</div>}
      {insurancesExpired.map((kind) => (
        <div key={kind} class="late">
          {words(kind)}: not valid
        </div>
      ))}
      {insurancesEndingSoon.map(({ kind, expiresOn }) => (
        <div key={kind} class="soon">
          {words(kind)}: until {expiresOn}
        </div>
      ))}
    </>
  );
}

const metresPerMile = 1609.344;

function whereOf(provider: Provider, desk: Desk): string {
  if (provider.kind === 'hub_store') {
    return `within ${(provider.radiusMetres / metresPerMile).toFixed(1)} miles of its own position`;
  }
  return [...provider.mallIds.map((id) => desk.mallName(id)), ...provider.cities].join(', ') || 'nowhere yet';
}

function Drivers({ desk, shown: { provider, drivers } }: { desk: Desk; shown: ProviderWithDrivers }) {
  return (
    <section class="card" aria-labelledby="drivers">
      <h2 id="drivers">Drivers of {provider.name}</h2>
      {drivers.length === 0 && <p class="empty">Nobody drives for {provider.name} yet.</p>}
      {drivers.length > 0 && (
        <WideTable label={`Who drives for ${provider.name}, and what they do now`}>
          <thead>
            <tr>
              <th scope="col">Driver</th>
              <th scope="col">Mall</th>
              <th scope="col">Vehicle</th>
              <th scope="col">Now</th>
            </tr>
          </thead>
          <tbody>
            {drivers.map((driver) => (
              <tr key={driver.id}>
                <th scope="row">
                  {driver.name} <span class="soft">{driver.id}</span>
                </th>
                <td>{desk.mallName(driver.mallId)}</td>
                <td>{driver.vehicle}</td>
                <td>{stateOf(driver, provider.zone)}</td>
              </tr>
            ))}
          </tbody>
        </WideTable>
      )}
    </section>
  );
}

function stateOf(driver: ProviderWithDrivers['drivers'][number], zone: string): string {
  if (driver.status === 'suspended') return 'suspended';
  if (driver.activeRunId) return 'on a run';
  if (!driver.shift) return 'off shift';
  return `${driver.openOfferId ? 'has an offer' : 'free'}, on shift since ${clockTime(driver.shift.startedAt, zone)}`;
}

/** New policies: the last day of each. */
function Renew({ providers, partner }: { providers: ProvidersDesk; partner: DeliveryPartner }) {
  const acting = useActing();
  const [lastDays, setLastDays] = useState<Record<string, string>>({});
  return (
    <form
      class="card"
      aria-labelledby="renew"
      onSubmit={(event) => {
        event.preventDefault();
        void acting
          .run(() => providers.renew(partner, lastDays))
          .then((isDone) => isDone && announce(`The insurances of ${partner.name} are saved.`));
      }}
    >
      <h2 id="renew">Insurances of {partner.name}</h2>
      <ActingNote acting={acting} />
      {partner.insurances.map(({ kind, expiresOn }) => (
        <div class="field" key={kind}>
          <label for={`until-${kind}`}>{words(kind)}, last day</label>
          <input
            id={`until-${kind}`}
            type="date"
            required
            value={lastDays[kind] ?? expiresOn}
            onInput={(event) => setLastDays({ ...lastDays, [kind]: event.currentTarget.value })}
          />
        </div>
      ))}
      <div>
        <ActButton acting={acting}>Save the insurances</ActButton>
      </div>
    </form>
  );
}

function Suspend(props: { providers: ProvidersDesk; provider: Provider; close: () => void }) {
  const { providers, provider, close } = props;
  const acting = useActing();
  const [reason, setReason] = useState('');
  return (
    <Sheet title={`Suspend ${provider.name}`} onClose={close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void acting
            .run((onRetry) => providers.suspend(provider.id, reason.trim(), onRetry))
            .then((isDone) => {
              if (!isDone) return;
              announce(`${provider.name} is suspended.`);
              close();
            });
        }}
      >
        <p>Its drivers are offered nothing more. What they carry now they bring to its end.</p>
        <div class="field">
          <label for="suspend-reason">Why</label>
          <input
            id="suspend-reason"
            required
            maxLength={240}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </div>
        <ActingNote acting={acting} />
        <ActButton acting={acting} kind="danger">
          Suspend the provider
        </ActButton>
      </form>
    </Sheet>
  );
}
