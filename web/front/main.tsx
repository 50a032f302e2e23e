import { signal } from '@preact/signals';
import { render } from 'preact';
import { Api } from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import { ConnectionPill, Page, ProblemNote } from '../shared/components.tsx';
import type { Overview } from '../shared/contract/overview.ts';
import type { ActorLink, Config } from '../shared/contract/people.ts';
import { Poller } from '../shared/polling.ts';
import { Actors } from './actors.tsx';
import { Figures } from './figures.tsx';
import { Orders } from './orders.tsx';

const pollMs = 2000;

const api = new Api();
const config = signal<Config | null>(null);
const overview = signal<Overview | null>(null);
const actors = signal<ActorLink[]>([]);

const poller = new Poller(async () => {
  config.value ??= await api.get<Config>('/config.json');
  const { demo } = config.value;
  if (!demo) return null;
  if (demo.overview) overview.value = await api.get<Overview>(demo.overview);
  if (actors.value.length === 0) actors.value = await api.get<ActorLink[]>(demo.actors);
  return pollMs;
});

function Front() {
  const known = config.value;
  const failure = poller.failure.value;
  return (
    <Page end={known?.demo && <Speed />}>
      <div class="stack">
        <h1>Same-day delivery from the mall</h1>
        <p class="lead">
          Mallway delivers, the same day, what the stores in a shopping mall have on their shelves. Stores confirm and
          pack, one driver collects from every counter, and the parcels reach the door with proof.
        </p>
        {known?.demo && (
          <p>
            <a class="button primary" href="#take-part">
              Be a store, a driver or operations
            </a>
          </p>
        )}
      </div>
      <ProblemNote error={failure} focus={false} />
      {overview.value && <Living overview={overview.value} actors={actors.value} />}
      {known?.demo && !known.demo.overview && <Actors malls={[]} actors={actors.value} />}
      {known && !known.demo && <SignInHelp issuer={known.issuer} />}
    </Page>
  );
}

function Speed() {
  const speed = clock.speed.value;
  return (
    <>
      <span class="pill">Clock ×{speed}</span>
      <ConnectionPill connection={poller.connection.value} />
    </>
  );
}

function Living({ overview, actors }: { overview: Overview; actors: ActorLink[] }) {
  return (
    <>
      <Figures overview={overview} />
      <div class="columns">
        <Orders orders={overview.orders} />
        <Actors malls={overview.malls} actors={actors} />
      </div>
    </>
  );
}

function SignInHelp({ issuer }: { issuer: string }) {
  return (
    <section class="card">
      <h2>Sign in</h2>
      <p>
        Choose your page and sign in there with a token of <span class="code">{issuer}</span>.
      </p>
      <ul class="row">
        <li>
          <a class="button" href="/store">
            Store board
          </a>
        </li>
        <li>
          <a class="button" href="/drive">
            Drive
          </a>
        </li>
        <li>
          <a class="button" href="/ops">
            Operations
          </a>
        </li>
      </ul>
      <p class="soft">Waiting for a delivery? Use the link that the shop sent you.</p>
    </section>
  );
}

clock.start();
poller.start();
render(<Front />, document.getElementById('app')!);
