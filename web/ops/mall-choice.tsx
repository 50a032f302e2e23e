import type { ComponentChildren } from 'preact';
import type { Desk } from './state.ts';

/** Which mall the page is about; `children` are further options, before the malls. */
export function MallChoice(props: { id: string; desk: Desk; value: string; children?: ComponentChildren }) {
  const { id, desk, value, children } = props;
  return (
    <div class="mall">
      <label for={id}>Mall</label>
      <select id={id} value={value} onChange={(event) => desk.chooseMall(event.currentTarget.value)}>
        {children}
        {desk.malls.value.map((mall) => (
          <option key={mall.id} value={mall.id}>
            {mall.name}
          </option>
        ))}
      </select>
    </div>
  );
}
