interface Props {
  id: string;
  label: string;
  value: string;
  options: readonly (readonly [code: string, sentence: string])[];
  choose: (code: string) => void;
}

/** One of several, none of which is chosen for whoever decides: what is said of a person is said by somebody. */
export function Choice({ id, label, value, options, choose }: Props) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} required value={value} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">Choose</option>
        {options.map(([code, sentence]) => (
          <option key={code} value={code}>
            {sentence}
          </option>
        ))}
      </select>
    </div>
  );
}
