import { useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { Sheet, Stepper, Tick } from '../shared/components.tsx';
import { useDraft } from '../shared/drafts.ts';
import { count, parcelLabel, shortCode } from '../shared/format.ts';
import { type Packing, readyBody } from './board.ts';
import type { SheetProps } from './sheets.tsx';

export function ReadySheet({ board, pickup, close }: SheetProps) {
  const acting = useActing();
  const [mend, setMend] = useState('');
  const lineIds = pickup.lines.map(({ id }) => id);
  const label = (number: number) => parcelLabel(pickup.orderId, pickup.storeId, number);
  const [packing, setPacking, forget] = useDraft<Packing>(`ready:${pickup.orderId}`, {
    labels: [label(1)],
    parcelOfLine: Object.fromEntries(lineIds.map((id) => [id, 0])),
  });
  const packed = lineIds.filter((id) => packing.parcelOfLine[id] !== null).length;
  const put = (lineId: string, parcel: number | null) =>
    setPacking({ ...packing, parcelOfLine: { ...packing.parcelOfLine, [lineId]: parcel } });

  const setParcels = (parcels: number) => {
    const labels = Array.from({ length: parcels }, (_, index) => packing.labels[index] ?? label(index + 1));
    const entries = Object.entries(packing.parcelOfLine).map(
      ([id, parcel]) => [id, parcel === null ? null : Math.min(parcel, parcels - 1)] as const,
    );
    setPacking({ labels, parcelOfLine: Object.fromEntries(entries) });
  };

  const submit = async () => {
    const body = readyBody(lineIds, packing);
    if ('mend' in body) return setMend(body.mend);
    setMend('');
    if (!(await acting.run((onRetry) => board.act(pickup.orderId, 'ready', body, onRetry)))) return;
    forget();
    close();
  };

  return (
    <Sheet title={`${shortCode(pickup.orderId)} is ready`} onClose={close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <fieldset>
          <legend>What you packed</legend>
          {pickup.lines.map((line) => {
            const parcel = packing.parcelOfLine[line.id] ?? null;
            return (
              <div class="line" key={line.id}>
                <Tick checked={parcel !== null} onChange={(checked) => put(line.id, checked ? 0 : null)}>
                  {line.quantity} × {line.name}
                  {parcel === null && <span class="late"> missing, refunded</span>}
                </Tick>
                {packing.labels.length > 1 && parcel !== null && (
                  <select
                    aria-label={`Parcel of ${line.name}`}
                    value={String(parcel)}
                    onChange={(event) => put(line.id, Number(event.currentTarget.value))}
                  >
                    {packing.labels.map((_, index) => (
                      <option key={label(index + 1)} value={String(index)}>
                        in parcel {index + 1}
                      </option>
                    ))}
                  </select>
                )}
              </div>
            );
          })}
        </fieldset>
        {packed === 0 ? (
          <p class="note warn">Nothing is packed: the order goes on without your store.</p>
        ) : (
          <>
            <Stepper
              label="Parcels"
              value={packing.labels.length}
              min={1}
              max={packed}
              text={(value) => count(value, 'parcel')}
              onChange={setParcels}
            />
            {packing.labels.map((value, index) => (
              <div class="field" key={label(index + 1)}>
                <label for={`label-${index}`}>Label of parcel {index + 1}</label>
                <input
                  id={`label-${index}`}
                  class="code"
                  value={value}
                  autoComplete="off"
                  maxLength={40}
                  onInput={(event) => {
                    const typed = event.currentTarget.value;
                    setPacking({ ...packing, labels: packing.labels.map((old, at) => (at === index ? typed : old)) });
                  }}
                />
              </div>
            ))}
          </>
        )}
        {mend && (
          <p class="note bad" role="alert">
            {mend}
          </p>
        )}
        <ActingNote acting={acting} />
        <ActButton acting={acting}>{packed === 0 ? 'Nothing is available' : 'Ready for the driver'}</ActButton>
      </form>
    </Sheet>
  );
}
