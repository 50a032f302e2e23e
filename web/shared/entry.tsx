import { type ComponentChildren, render } from 'preact';
import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from './acting.tsx';
import { Api } from './api.ts';
import { clock } from './clock.ts';
import { Page, ProblemNote } from './components.tsx';
import type { Overview } from './contract/overview.ts';
import type { ActorLink, ActorRole } from './contract/people.ts';
import { Device } from './device.ts';
import { isOver, openSession, type Session } from './session.ts';

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
      show(<Signed session={session}>{page(session)}</Signed>);
    } else if (session.config.demo && !new URLSearchParams(location.search).has('sign-in')) {
      const actors = await new Api().get<ActorLink[]>(session.config.demo.actors);
      const [only, ...others] = actors.filter((actor) => actor.role === role);
      if (only && others.length === 0) location.replace(asActor(only));
      else show(<ChooseActor what={what} actors={only ? [only, ...others] : []} />);
    } else show(<SignInCard role={role} what={what} session={session} />);
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

function SignInCard({ role, what, session }: { role: ActorRole; what: string; session: Session }) {
  return (
    <Page>
      <h1>{what}</h1>
      <section class="card" aria-labelledby="sign-in">
        <h2 id="sign-in">Sign in</h2>
        <p>This page is for {audienceOf[role]}. Whoever is invited has a first password in their e-mail.</p>
        <div>
          <button type="button" class="primary" onClick={() => void session.signIn?.start()}>
            Sign in
          </button>
        </div>
      </section>
      {role === 'store' && <PairTablet />}
    </Page>
  );
}

const audienceOf: Record<ActorRole, string> = {
  operations: 'people in operations',
  driver: 'drivers',
  store: 'the staff of a store',
};

function PairTablet() {
  const acting = useActing();
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  return (
    <form
      class="card"
      aria-labelledby="pair"
      onSubmit={(event) => {
        event.preventDefault();
        void acting
          .run((onRetry) => Device.pair(code.trim(), name.trim(), onRetry))
          .then((isPaired) => isPaired && location.reload());
      }}
    >
      <h2 id="pair">Pair this tablet</h2>
      <p>With a code from operations this tablet stays signed in for its store. A code is good for 15 minutes, once.</p>
      <ActingNote acting={acting} />
      <div class="field">
        <label for="pairing-code">Pairing code</label>
        <input
          id="pairing-code"
          required
          minLength={10}
          maxLength={20}
          value={code}
          autoComplete="off"
          autoCapitalize="characters"
          onInput={(event) => setCode(event.currentTarget.value)}
        />
      </div>
      <div class="field">
        <label for="tablet-name">What to call this tablet</label>
        <input
          id="tablet-name"
          required
          maxLength={80}
          value={name}
          autoComplete="off"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <div>
        <ActButton acting={acting}>Pair this tablet</ActButton>
      </div>
    </form>
  );
}

/** Around every page: the way out, and the way back in when the session ends meanwhile. */
function Signed({ session, children }: { session: Session; children: ComponentChildren }) {
  return (
    <>
      {isOver.value && session.signIn && (
        <div class="note warn" role="alert">
          <strong>Your session is over.</strong>
          <span>What you typed here is kept.</span>
          <button type="button" class="primary" onClick={() => void session.signIn?.start()}>
            Sign in again
          </button>
        </div>
      )}
      {children}
      {session.leave && (
        <footer class="row">
          <span class="soft">{session.actor?.name}</span>
          <button type="button" class="plain" onClick={session.leave.now}>
            {session.leave.label}
          </button>
        </footer>
      )}
    </>
  );
}
