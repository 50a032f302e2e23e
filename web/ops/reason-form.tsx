import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { useDraft } from '../shared/drafts.ts';
import { Choice } from './choice.tsx';

interface Props {
  /** Of the form, and before the ids of its fields. */
  id: string;
  title: string;
  intro?: string;
  reasonLabel: string;
  reasons: readonly (readonly [code: string, sentence: string])[];
  noteLabel: string;
  button: string;
  /** What is typed is kept under this name until it is sent. */
  draft: string;
  send: (given: { reason: string; note?: string }, onRetry: (attempt: number) => void) => Promise<void>;
}

/** An act against somebody, with its reason and a word more, both as they read it. */
export function ReasonForm({ id, title, intro, reasonLabel, reasons, noteLabel, button, draft, send }: Props) {
  const acting = useActing();
  const [given, setGiven, forget] = useDraft(draft, { reason: '', note: '' });
  return (
    <form
      class="card"
      aria-labelledby={id}
      onSubmit={(event) => {
        event.preventDefault();
        const { reason, note } = given;
        void acting
          .run((onRetry) => send({ reason, ...(note.trim() && { note }) }, onRetry))
          .then((isDone) => isDone && forget());
      }}
    >
      <h2 id={id}>{title}</h2>
      {intro && <p>{intro}</p>}
      <ActingNote acting={acting} />
      <Choice
        id={`${id}-reason`}
        label={reasonLabel}
        value={given.reason}
        options={reasons}
        choose={(reason) => setGiven({ ...given, reason })}
      />
      <div class="field">
        <label for={`${id}-note`}>{noteLabel}</label>
        <textarea
          id={`${id}-note`}
          rows={4}
          maxLength={500}
          value={given.note}
          onInput={(event) => setGiven({ ...given, note: event.currentTarget.value })}
        />
      </div>
      <div>
        <ActButton acting={acting} kind="danger">
          {button}
        </ActButton>
      </div>
    </form>
  );
}
