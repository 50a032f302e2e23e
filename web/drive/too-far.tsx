import { useState } from 'preact/hooks';
import { ActButton, type Acting } from '../shared/acting.tsx';
import { Problem } from '../shared/api.ts';
import { awayReasons } from './stops.ts';

/** The phone was too far away for what was done: it counts with a reason. */
export function TooFar({ acting, choose }: { acting: Acting; choose: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  if (!(acting.error instanceof Problem) || acting.error.code !== 'too_far') return null;
  return (
    <fieldset>
      <legend>Why are you somewhere else?</legend>
      {awayReasons.map(({ code, text }) => (
        <label class="tick" key={code}>
          <input type="radio" name="away" value={code} checked={reason === code} onChange={() => setReason(code)} />
          <span>{text}</span>
        </label>
      ))}
      {reason !== '' && (
        <ActButton acting={acting} kind="plain" onClick={() => choose(reason)}>
          Go on with this reason
        </ActButton>
      )}
    </fieldset>
  );
}
