import { useState } from 'preact/hooks';
import { ProblemNote } from './components.tsx';

export interface Acting {
  pending: boolean;
  /** How often the act was sent without an answer. */
  retries: number;
  error: Error | null;
  /** Runs one act at a time; a second press while one is under way does nothing. Resolves to whether it succeeded. */
  run: (act: (onRetry: (attempt: number) => void) => Promise<unknown>) => Promise<boolean>;
  clear: () => void;
}

export function useActing(): Acting {
  const [state, setState] = useState<{ pending: boolean; retries: number; error: Error | null }>(idle);
  return {
    ...state,
    clear: () => setState(idle),
    run: async (act) => {
      if (state.pending) return false;
      setState({ pending: true, retries: 0, error: null });
      try {
        await act((retries) => setState({ pending: true, retries, error: null }));
        setState(idle);
        return true;
      } catch (error) {
        setState({ pending: false, retries: 0, error: error as Error });
        return false;
      }
    },
  };
}

const idle = { pending: false, retries: 0, error: null };

/** What became of the last act: being sent again, or refused and how to mend it. */
export function ActingNote({ acting }: { acting: Acting }) {
  if (acting.retries > 0) {
    return (
      <div class="note warn" role="status">
        <strong>Not sent yet.</strong>
        <span>The connection failed. It is being sent again by itself, and it will count once.</span>
      </div>
    );
  }
  return <ProblemNote error={acting.error} />;
}

export function ActButton(props: {
  acting: Acting;
  children: string;
  kind?: 'primary' | 'danger' | 'plain';
  /** Omitted in a form, which then submits. */
  onClick?: () => void;
}) {
  const { acting, kind = 'primary', children, onClick } = props;
  return (
    <button type={onClick ? 'button' : 'submit'} class={kind} aria-busy={acting.pending} onClick={onClick}>
      {acting.pending ? 'Sending…' : children}
    </button>
  );
}
