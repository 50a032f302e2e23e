import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from './acting.tsx';
import { Pill } from './components.tsx';
import type { Paper, RequiredPaper } from './contract/joining.ts';
import { dayName, paperName, paperRefusal } from './paper-words.ts';
import { PhotoField } from './photo-field.tsx';

export interface PapersProps {
  required: RequiredPaper[];
  documents: Paper[];
  /** What ran out, or will soon. */
  ending?: string[];
  offersSample: boolean;
  onShow: (kind: string, photo: Blob, expiresOn: string, onRetry: (attempt: number) => void) => Promise<void>;
}

/** Every paper that is demanded: what became of it, and the way to show it, or a newer one. */
export function Papers({ required, documents, ending = [], ...props }: PapersProps) {
  return (
    <ul class="stack">
      {required.map((paper) => (
        <PaperItem
          key={paper.kind}
          paper={paper}
          shown={documents.filter(({ kind }) => kind === paper.kind)}
          isEnding={ending.includes(paper.kind)}
          {...props}
        />
      ))}
    </ul>
  );
}

type ItemProps = Pick<PapersProps, 'offersSample' | 'onShow'> & {
  paper: RequiredPaper;
  shown: Paper[];
  isEnding: boolean;
};

function PaperItem({ paper, shown, isEnding, ...props }: ItemProps) {
  const accepted = shown.find(({ status }) => status === 'accepted');
  const waiting = shown.find(({ status }) => status === 'submitted');
  const refused = shown.find(({ status }) => status === 'refused');
  const [isOpen, setOpen] = useState(false);
  const isOwed = !waiting && (!accepted || isEnding);
  const id = `paper-${paper.kind}`;
  return (
    <li class="card" aria-labelledby={id}>
      <div class="row spread">
        <h3 id={id}>{paperName(paper.kind)}</h3>
        <Standing accepted={accepted} waiting={waiting} refused={refused} isEnding={isEnding} />
      </div>
      <p class="soft small">{paper.why}</p>
      {refused?.refusal && (
        <p class="note bad">
          <strong>{paperRefusal(refused.refusal)}</strong>
          <span>Please show it again.</span>
        </p>
      )}
      {isOwed || isOpen ? (
        <ShowForm paper={paper} onDone={() => setOpen(false)} {...props} />
      ) : (
        <div>
          <button type="button" class="link" onClick={() => setOpen(true)}>
            {`Show another ${paperName(paper.kind).toLowerCase()}`}
          </button>
        </div>
      )}
    </li>
  );
}

function Standing(props: {
  accepted: Paper | undefined;
  waiting: Paper | undefined;
  refused: Paper | undefined;
  isEnding: boolean;
}) {
  const { accepted, waiting, refused, isEnding } = props;
  if (waiting) return <Pill tone="warn">We are looking at it</Pill>;
  if (refused) return <Pill tone="bad">Not accepted</Pill>;
  if (!accepted) return <Pill>To show</Pill>;
  const until = accepted.expiresOn ? ` until ${dayName(accepted.expiresOn)}` : '';
  return <Pill tone={isEnding ? 'warn' : 'good'}>{`Accepted${until}`}</Pill>;
}

function ShowForm(props: Pick<PapersProps, 'offersSample' | 'onShow'> & { paper: RequiredPaper; onDone: () => void }) {
  const { paper, offersSample, onShow, onDone } = props;
  const acting = useActing();
  const [photo, setPhoto] = useState<Blob | null>(null);
  const [expiresOn, setExpiresOn] = useState('');
  const [isUnsure, setUnsure] = useState(false);
  const name = paperName(paper.kind);
  const isDated = paper.runsOut === 'always';
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!photo) return setUnsure(true);
        setUnsure(false);
        void acting.run((onRetry) => onShow(paper.kind, photo, expiresOn, onRetry)).then((done) => done && onDone());
      }}
    >
      <ActingNote acting={acting} />
      <PhotoField
        label={`Picture of it: ${name.toLowerCase()}`}
        of="paper"
        photo={photo}
        onChange={setPhoto}
        offersSample={offersSample}
      />
      {isUnsure && !photo && (
        <p class="late" role="alert">
          Choose a picture first.
        </p>
      )}
      <div class="field">
        <label for={`until-${paper.kind}`}>{isDated ? 'Last day on it' : 'Last day on it, if there is one'}</label>
        <input
          id={`until-${paper.kind}`}
          type="date"
          required={isDated}
          value={expiresOn}
          onInput={(event) => setExpiresOn(event.currentTarget.value)}
        />
      </div>
      <div>
        <ActButton acting={acting}>{`Send ${name.toLowerCase()}`}</ActButton>
      </div>
    </form>
  );
}
