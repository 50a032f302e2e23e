import { useEffect, useMemo, useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { Pill, ProblemNote, WideTable } from '../shared/components.tsx';
import type { ActorRole, Person } from '../shared/contract/people.ts';
import { useDraft } from '../shared/drafts.ts';
import { AboutLink } from './drivers.tsx';
import { type Invitation, PeopleDesk } from './people-state.ts';
import type { Desk } from './state.ts';

export function People({ desk }: { desk: Desk }) {
  const people = useMemo(() => new PeopleDesk(desk), [desk]);
  return (
    <>
      <h1>People and tablets</h1>
      <ProblemNote error={people.failure.value} focus={false} />
      {people.people.value && <Everybody people={people} all={people.people.value} />}
      <Invite people={people} />
      <Pair people={people} />
    </>
  );
}

function Everybody({ people, all }: { people: PeopleDesk; all: Person[] }) {
  return (
    <section class="card" aria-labelledby="everybody">
      <h2 id="everybody">Who may act here</h2>
      {all.length === 0 && <p class="empty">Nobody is invited yet.</p>}
      <WideTable label="People and tablets with their roles">
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">Role</th>
            <th scope="col">Standing</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {all.map((person) => (
            <Row key={person.subject} people={people} person={person} />
          ))}
        </tbody>
      </WideTable>
    </section>
  );
}

const roleNames: Record<ActorRole, string> = { operations: 'Operations', driver: 'Driver', store: 'Store' };

function Row({ people, person }: { people: PeopleDesk; person: Person }) {
  const acting = useActing();
  const { subject, name = subject, email, role, status, device } = person;
  const isSelf = subject === people.desk.session.actor?.id;
  return (
    <tr>
      <th scope="row">
        {name}
        {email && <div class="soft">{email}</div>}
      </th>
      <td>
        {device ? 'Tablet' : roleNames[role.kind]}{' '}
        {role.driverId ? (
          <AboutLink desk={people.desk} about={{ kind: 'driver', id: role.driverId }}>
            {role.driverId}
          </AboutLink>
        ) : (
          <span class="soft">{role.storeId}</span>
        )}
      </td>
      <td>
        <Pill tone={status === 'active' ? 'good' : 'warn'}>{status}</Pill>
      </td>
      <td>
        <ActingNote acting={acting} />
        {!isSelf && (
          <ActButton
            acting={acting}
            kind={status === 'active' ? 'danger' : 'plain'}
            onClick={() => void acting.run((onRetry) => people.setStanding(person, onRetry))}
          >
            {`${status === 'active' ? 'Suspend' : 'Reinstate'} ${name}`}
          </ActButton>
        )}
      </td>
    </tr>
  );
}

const nobody: Invitation = { email: '', name: '', kind: 'driver', mallId: '', storeId: '' };

function Invite({ people }: { people: PeopleDesk }) {
  const acting = useActing();
  const [given, setGiven, forget] = useDraft('invitation', nobody);
  const [invited, setInvited] = useState('');
  const change = (part: Partial<Invitation>) => setGiven({ ...given, ...part });
  return (
    <form
      class="card"
      aria-labelledby="invite"
      onSubmit={(event) => {
        event.preventDefault();
        setInvited('');
        void acting
          .run((onRetry) => people.invite(given, onRetry))
          .then((isDone) => {
            if (!isDone) return;
            setInvited(given.email);
            setGiven(nobody);
            forget();
          });
      }}
    >
      <h2 id="invite">Invite somebody</h2>
      <ActingNote acting={acting} />
      <p role="status">{invited && `${invited} is invited, and gets a first password by e-mail.`}</p>
      <div class="field">
        <label for="invite-name">Name</label>
        <input
          id="invite-name"
          required
          maxLength={80}
          autoComplete="off"
          value={given.name}
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for="invite-email">E-mail</label>
        <input
          id="invite-email"
          type="email"
          required
          maxLength={200}
          autoComplete="off"
          value={given.email}
          onInput={(event) => change({ email: event.currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for="invite-role">Role</label>
        <select
          id="invite-role"
          value={given.kind}
          onChange={(event) => change({ kind: event.currentTarget.value as ActorRole })}
        >
          <option value="driver">Driver</option>
          <option value="store">Store staff</option>
          <option value="operations">Operations</option>
        </select>
      </div>
      {given.kind !== 'operations' && (
        <MallAndStore
          id="invite"
          people={people}
          mallId={given.mallId}
          storeId={given.kind === 'store' ? given.storeId : null}
          onChange={change}
        />
      )}
      <div>
        <ActButton acting={acting}>Invite</ActButton>
      </div>
    </form>
  );
}

function Pair({ people }: { people: PeopleDesk }) {
  const acting = useActing();
  const [where, setWhere] = useState({ mallId: '', storeId: '' });
  const code = people.code.value;
  return (
    <form
      class="card"
      aria-labelledby="pair"
      onSubmit={(event) => {
        event.preventDefault();
        void acting.run((onRetry) => people.makeCode(where.storeId, onRetry));
      }}
    >
      <h2 id="pair">Pair a tablet of a store</h2>
      <ActingNote acting={acting} />
      <MallAndStore id="pair" people={people} {...where} onChange={(part) => setWhere({ ...where, ...part })} />
      <div>
        <ActButton acting={acting}>Make a pairing code</ActButton>
      </div>
      <div role="status">
        {code && (
          <p>
            <strong class="code">{code.code}</strong> pairs one tablet of {code.storeId}: on its page for stores, within
            15 minutes.
          </p>
        )}
      </div>
    </form>
  );
}

function MallAndStore(props: {
  id: string;
  people: PeopleDesk;
  mallId: string;
  /** Null where no store is asked for. */
  storeId: string | null;
  onChange: (part: { mallId?: string; storeId?: string }) => void;
}) {
  const { id, people, mallId, storeId, onChange } = props;
  useEffect(() => {
    if (storeId !== null) void people.readStores(mallId);
  }, [people, mallId, storeId]);
  return (
    <>
      <div class="field">
        <label for={`${id}-mall`}>Mall</label>
        <select
          id={`${id}-mall`}
          required
          value={mallId}
          onChange={(event) => onChange({ mallId: event.currentTarget.value, storeId: '' })}
        >
          <option value="">Choose a mall</option>
          {people.desk.malls.value.map((mall) => (
            <option key={mall.id} value={mall.id}>
              {mall.name}
            </option>
          ))}
        </select>
      </div>
      {storeId !== null && (
        <div class="field">
          <label for={`${id}-store`}>Store</label>
          <select
            id={`${id}-store`}
            required
            value={storeId}
            onChange={(event) => onChange({ storeId: event.currentTarget.value })}
          >
            <option value="">Choose a store</option>
            {(people.stores.value[mallId] ?? []).map((store) => (
              <option key={store.id} value={store.id}>
                {store.name}
              </option>
            ))}
          </select>
        </div>
      )}
    </>
  );
}
