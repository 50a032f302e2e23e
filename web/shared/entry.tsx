import { type ComponentChildren, render } from 'preact';
import { useState } from 'preact/hooks';
import { Api } from './api.ts';
import { clock } from './clock.ts';
import { Page, ProblemNote } from './components.tsx';
import type { ActorLink, ActorRole, Overview } from './contract.ts';
import { openSession, type Session, signIn } from './session.ts';

/** Renders a page that a signed-in person uses; without one, it says how to become one. */
export async function openFor(
  role: ActorRole,
  what: string,
  page: (session: Session) => ComponentChildren,
): Promise<void> {
  const root = document.getElementById('app')!;
  const show = (content: ComponentChildren) => render(content, root);
  clock.start();
  try {
    const session = await openSession(role);
    if (session.actor && (role !== 'store' || session.actor.storeId)) {
      followBusinessTime(session);
      show(page(session));
    } else if (session.config.demo) {
      const actors = await new Api().get<ActorLink[]>(session.config.demo.actors);
      const [only, ...others] = actors.filter((actor) => actor.role === role);
      if (only && others.length === 0) location.replace(asActor(only));
      else show(<ChooseActor what={what} actors={only ? [only, ...others] : []} />);
    } else show(<SignIn role={role} what={what} issuer={session.config.issuer} />);
  } catch (error) {
    show(
      <Page>
        <h1>{what}</h1>
        <ProblemNote error={error as Error} />
        <p>
          <a class="button" href={location.href}>
            Try again
          </a>
        </p>
      </Page>,
    );
  }
}

/** Where the demo runs, business time has a speed of its own and only its overview says which. */
function followBusinessTime({ config }: Session): void {
  const overview = config.demo?.overview;
  if (!overview) return;
  const read = () => {
    if (!document.hidden) void new Api().get<Overview>(overview).catch(() => undefined);
  };
  read();
  setInterval(read, 2000);
}

/** This very page, as that actor. */
function asActor({ id }: ActorLink): string {
  return `?actor=${encodeURIComponent(id)}`;
}

function ChooseActor({ what, actors }: { what: string; actors: ActorLink[] }) {
  const malls = [...new Set(actors.map(({ mallName }) => mallName ?? 'Every mall'))];
  return (
    <Page>
      <h1>{what}: who are you?</h1>
      {actors.length === 0 && <p class="empty">There is nobody to be here yet.</p>}
      {malls.map((mall) => (
        <section class="card" key={mall}>
          <h2>{mall}</h2>
          <ul class="row">
            {actors
              .filter(({ mallName }) => (mallName ?? 'Every mall') === mall)
              .map((actor) => (
                <li key={actor.id}>
                  <a class="button" href={asActor(actor)}>
                    {actor.name}
                  </a>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </Page>
  );
}

function SignIn({ role, what, issuer }: { role: ActorRole; what: string; issuer: string }) {
  const [token, setToken] = useState('');
  const [storeId, setStoreId] = useState('');
  return (
    <Page>
      <h1>{what}</h1>
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          signIn(role, token.trim(), storeId.trim() || undefined);
          location.reload();
        }}
      >
        <h2>Sign in</h2>
        <p>
          This page is for a {role === 'operations' ? 'person in operations' : role}. Get a token from the issuer{' '}
          <span class="code">{issuer}</span> and paste it here; it stays in this tab.
        </p>
        {role === 'store' && (
          <div class="field">
            <label for="store-id">Store id</label>
            <input
              id="store-id"
              required
              value={storeId}
              autoComplete="off"
              onInput={(event) => setStoreId(event.currentTarget.value)}
            />
          </div>
        )}
        <div class="field">
          <label for="token">Token</label>
          <textarea
            id="token"
            required
            rows={4}
            value={token}
            autoComplete="off"
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </div>
        <div>
          <button type="submit" class="primary">
            Sign in
          </button>
        </div>
      </form>
    </Page>
  );
}
