import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { Pill } from '../shared/components.tsx';
import type { PaperWithPicture, Reach } from '../shared/contract/joining.ts';
import { dayName, paperName, paperRefusal, paperRefusals } from '../shared/paper-words.ts';
import { Choice } from './choice.tsx';
import type { DriversDesk } from './drivers-state.ts';
import type { About } from './state.ts';

/** Every paper with its picture; those that nobody has looked at can be decided on. */
export function PaperDecisions(props: { drivers: DriversDesk; about: About; papers: PaperWithPicture[] }) {
  const { drivers, about, papers } = props;
  return (
    <section class="card" aria-labelledby="papers">
      <h2 id="papers">Papers</h2>
      {papers.length === 0 && <p class="empty">None has been shown.</p>}
      <ul class="papers">
        {papers.map((paper) => (
          <li key={paper.id} class="stack">
            <PaperDecision drivers={drivers} about={about} paper={paper} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const tones = { submitted: 'warn', accepted: 'good', refused: 'bad' } as const;

function PaperDecision({ drivers, about, paper }: { drivers: DriversDesk; about: About; paper: PaperWithPicture }) {
  const acting = useActing();
  const [reason, setReason] = useState('');
  const { id, kind, status, expiresOn, pictureUrl, refusal } = paper;
  const name = paperName(kind);
  const decide = (verdict: object) =>
    void acting.run((onRetry) => drivers.act(about, `documents/${id}`, verdict, onRetry));
  return (
    <>
      <div class="row spread">
        <h3>{name}</h3>
        <Pill tone={tones[status]}>{status === 'submitted' ? 'to look at' : status}</Pill>
      </div>
      <p>{expiresOn ? `Says it runs out on ${dayName(expiresOn)}.` : 'Does not run out, they say.'}</p>
      <a href={pictureUrl} target="_blank" rel="noreferrer" class="target">
        <img class="paper" src={pictureUrl} alt={`${name}, in full`} />
      </a>
      {refusal && <p class="soft">{paperRefusal(refusal)}</p>}
      {status === 'submitted' && (
        <>
          <ActingNote acting={acting} />
          <div>
            <ActButton acting={acting} onClick={() => decide({ outcome: 'accepted' })}>
              {`Accept ${name.toLowerCase()}`}
            </ActButton>
          </div>
          <form
            class="stack"
            onSubmit={(event) => {
              event.preventDefault();
              decide({ outcome: 'refused', reason });
            }}
          >
            <Choice id={`why-${id}`} label="Or why not" value={reason} options={paperRefusals} choose={setReason} />
            <div>
              <ActButton acting={acting} kind="danger">
                {`Refuse ${name.toLowerCase()}`}
              </ActButton>
            </div>
          </form>
        </>
      )}
    </>
  );
}

export function ReachFacts({ reach }: { reach: Reach | null }) {
  if (!reach) return <p class="soft">Nothing is kept of how to reach them.</p>;
  return (
    <dl class="facts">
      <div>
        <dt>Name</dt>
        <dd>{reach.name}</dd>
      </div>
      <div>
        <dt>E-mail</dt>
        <dd>{reach.email}</dd>
      </div>
      <div>
        <dt>Phone</dt>
        <dd>{reach.phone}</dd>
      </div>
    </dl>
  );
}
