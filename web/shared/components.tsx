import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Problem, Unreachable } from './api.ts';
import { clock } from './clock.ts';
import { timeLeft, urgency } from './format.ts';
import type { Connection } from './polling.ts';
import type { Tone } from './sentences.ts';

const announcement = signal('');

/** Says something once to whoever cannot see it change. */
export function announce(text: string): void {
  announcement.value = text;
}

/** The frame of every page: skip link, header, one `main`, and the region that announcements go to. */
export function Page(props: { who?: string | undefined; end?: ComponentChildren; children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          Mallway
        </a>
        {props.who && <span class="who">{props.who}</span>}
        <div class="top-end">{props.end}</div>
      </header>
      <main id="main" tabIndex={-1}>
        {props.children}
      </main>
      <div class="visually-hidden" role="status">
        {announcement}
      </div>
    </>
  );
}

export function ConnectionPill({ connection }: { connection: Connection }) {
  const shown = {
    connecting: ['plain', 'Connecting…'],
    live: ['good', 'Live'],
    offline: ['warn', 'Reconnecting…'],
    ended: ['plain', 'Finished'],
  } as const;
  const [tone, text] = shown[connection];
  return <span class={`pill ${tone}`}>{text}</span>;
}

export function Pill({ tone = 'plain', children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`pill ${tone}`}>{children}</span>;
}

/** `12 min left`, in the colour and the words of its urgency. */
export function TimeLeft({ until, soonSeconds }: { until: string; soonSeconds?: number }) {
  const now = clock.now.value;
  return <span class={urgency(until, now, soonSeconds)}>{timeLeft(until, now)}</span>;
}

/** Why something failed and how to mend it. Takes the focus, so that it is read and seen. */
export function ProblemNote({ error, focus = true }: { error: Error | null; focus?: boolean }) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error && focus) note.current?.focus();
  }, [error, focus]);
  if (!error) return null;
  const mend =
    error instanceof Problem
      ? error.mend
      : error instanceof Unreachable
        ? 'Check the connection; this page goes on by itself when it is back.'
        : 'Load the page again.';
  const fields = error instanceof Problem ? error.errors.filter(({ detail }) => detail !== error.message) : [];
  return (
    <div class="note bad" role="alert" tabIndex={-1} ref={note}>
      <strong>{error.message}</strong>
      {mend && <span>{mend}</span>}
      {fields.length > 0 && (
        <ul>
          {fields.map(({ pointer, detail }) => (
            <li key={pointer}>
              <span class="code">{pointer}</span> {detail}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A modal sheet. Escape and the close button call `onClose`; what was typed is the caller's to keep. */
export function Sheet(props: { title: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="sheet-title"
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <div class="sheet">
        <div class="row spread">
          <h2 id="sheet-title">{props.title}</h2>
          <button type="button" class="link" onClick={props.onClose}>
            Close
          </button>
        </div>
        {props.children}
      </div>
    </dialog>
  );
}

/** Minus, value, plus. */
export function Stepper(props: {
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  text: (value: number) => string;
  onChange: (value: number) => void;
}) {
  const { label, value, min, max, step = 1, text, onChange } = props;
  const change = (by: number) => onChange(Math.min(max, Math.max(min, value + by)));
  return (
    <fieldset>
      <legend>{label}</legend>
      <div class="stepper">
        <button type="button" aria-label={`${label}: less`} onClick={() => change(-step)}>
          −
        </button>
        <output aria-live="polite">{text(value)}</output>
        <button type="button" aria-label={`${label}: more`} onClick={() => change(step)}>
          +
        </button>
      </div>
    </fieldset>
  );
}

/** A table that may be wider than the screen: it scrolls by itself, by keyboard too. */
export function WideTable({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="table-scroll" aria-label={label} tabIndex={0}>
      <table>
        <caption class="visually-hidden">{label}</caption>
        {children}
      </table>
    </section>
  );
}

export function Tick(props: { checked: boolean; onChange: (checked: boolean) => void; children: ComponentChildren }) {
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>{props.children}</span>
    </label>
  );
}

/** Brings a view's heading into focus when the view changes. */
export function useHeadingFocus(view: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) heading.current?.focus();
    first.current = false;
  }, [view]);
  return heading;
}
