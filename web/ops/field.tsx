/** One line to be filled in, with its label. */
export function Field(props: {
  id: string;
  label: string;
  type: 'date' | 'time' | 'number' | 'text';
  value: string;
  hint?: string;
  min?: string | number;
  max?: number;
  maxLength?: number;
  step?: string;
  disabled?: boolean;
  onInput: (value: string) => void;
}) {
  // The attributes of Preact know inputs of one type each.
  const { id, label, hint, onInput, ...input } = props as typeof props & { type: 'text' };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <span id={`${id}-hint`} class="hint">
          {hint}
        </span>
      )}
      <input
        id={id}
        required
        aria-describedby={hint && `${id}-hint`}
        {...input}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}
