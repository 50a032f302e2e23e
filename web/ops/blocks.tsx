import { useEffect, useMemo, useState } from 'preact/hooks';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { clock } from '../shared/clock.ts';
import { announce, ProblemNote, WideTable } from '../shared/components.tsx';
import type { Block, Mall } from '../shared/contract/operations.ts';
import { useDraft } from '../shared/drafts.ts';
import { clockTime, count, dayAndTime, duration, money } from '../shared/format.ts';
import { wallTime } from '../shared/wall-time.ts';
import { type BlockDraft, BlocksDesk, draftOf, hoursOf, newDraft } from './blocks-state.ts';
import { Field } from './field.tsx';
import { MallChoice } from './mall-choice.tsx';
import type { Desk } from './state.ts';

/** Hours that drivers may book, with the least they pay: those of one mall, and a form to publish more. */
export function Blocks({ desk }: { desk: Desk }) {
  const blocks = useMemo(() => new BlocksDesk(desk), [desk]);
  const mall = blocks.mall.value;
  const [changing, setChanging] = useState<Block | null>(null);
  useEffect(() => {
    setChanging(null);
    blocks.blocks.value = null;
    if (mall) void blocks.read(mall.id);
  }, [blocks, mall?.id]);
  return (
    <>
      <div class="row spread">
        <h1>Shift blocks</h1>
        <MallChoice id="blocks-mall" desk={desk} value={mall?.id ?? ''} />
      </div>
      <ProblemNote error={blocks.failure.value} focus={false} />
      {mall && blocks.blocks.value && (
        <Published blocks={blocks} mall={mall} all={blocks.blocks.value} change={setChanging} />
      )}
      {mall && (
        <Publish
          key={`${mall.id} ${changing?.id}`}
          blocks={blocks}
          mall={mall}
          changing={changing}
          close={() => setChanging(null)}
        />
      )}
    </>
  );
}

function Published(props: { blocks: BlocksDesk; mall: Mall; all: Block[]; change: (block: Block) => void }) {
  const { blocks, mall, all, change } = props;
  const names = blocks.names.value;
  if (all.length === 0) return <p class="empty">No block of {mall.name} is published.</p>;
  return (
    <section class="card" aria-labelledby="published">
      <h2 id="published">Published, and who has booked</h2>
      <WideTable label={`Blocks of ${mall.name} that are not over`}>
        <thead>
          <tr>
            <th scope="col">Hours</th>
            <th scope="col">Guaranteed</th>
            <th scope="col">Places</th>
            <th scope="col">Booked by</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {all.map((block) => (
            <tr key={block.id}>
              <th scope="row">{hoursText(block, mall.zone)}</th>
              <td>{money(block.guaranteedCentsPerHour, block.currency)} an hour</td>
              <td>
                {block.bookedBy.length} of {block.places}
              </td>
              <td>
                {block.bookedBy.length === 0 && <span class="soft">nobody yet</span>}
                {block.bookedBy.map((id) => (
                  <div key={id}>
                    {names[id] || id} {names[id] && <span class="soft">{id}</span>}
                  </div>
                ))}
              </td>
              <td>
                <button type="button" onClick={() => change(block)}>
                  Change<span class="visually-hidden"> {hoursText(block, mall.zone)}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </section>
  );
}

function Publish(props: { blocks: BlocksDesk; mall: Mall; changing: Block | null; close: () => void }) {
  const { blocks, mall, changing, close } = props;
  const acting = useActing();
  const [typed, setTyped, forget] = useDraft<BlockDraft>(
    `block:${changing?.id ?? mall.id}`,
    changing ? draftOf(changing, mall.zone) : newDraft(),
  );
  const of = (name: Exclude<keyof BlockDraft, 'id'>) => ({
    id: `block-${name}`,
    value: typed[name],
    onInput: (value: string) => setTyped({ ...typed, [name]: value }),
  });
  const today = wallTime(clock.now.peek(), mall.zone).slice(0, 10);
  useEffect(() => {
    if (changing) document.getElementById('block-places')?.focus();
  }, [changing]);
  const isBooked = (changing?.bookedBy.length ?? 0) > 0;
  const { startsAt, endsAt } = hoursOf(typed, mall.zone);
  const send = async () => {
    if (!(await acting.run(() => blocks.publish(mall, typed, changing)))) return;
    announce(changing ? 'The block is changed.' : 'The block is published.');
    if (!changing) setTyped(newDraft());
    forget();
    if (changing) close();
  };
  return (
    <form
      class="card"
      aria-labelledby="publish"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h2 id="publish">{changing ? `Change the block of ${hoursText(changing, mall.zone)}` : 'Publish a block'}</h2>
      {isBooked && (
        <p class="note">
          {count(changing!.bookedBy.length, 'driver has', 'drivers have')} booked: only places may change.
        </p>
      )}
      <ActingNote acting={acting} />
      <div class="fields">
        <Field {...of('day')} label="Day" type="date" min={today} disabled={isBooked} />
        <Field {...of('from')} label="From" type="time" disabled={isBooked} />
        <Field {...of('until')} label="Until" type="time" disabled={isBooked} />
        <Field
          {...of('places')}
          label="Places for drivers"
          type="number"
          min={changing?.bookedBy.length ?? 0}
          max={200}
        />
        <Field
          {...of('guaranteed')}
          label={`Guaranteed an hour, ${mall.currency}`}
          type="number"
          min={0}
          step="0.01"
          disabled={isBooked}
        />
      </div>
      {endsAt > startsAt && (
        <p class="soft">
          {dayAndTime(startsAt, mall.zone)} to {dayAndTime(endsAt, mall.zone)}, {duration((endsAt - startsAt) / 1000)},
          by the clocks of the mall.
        </p>
      )}
      <div class="row">
        <ActButton acting={acting}>{changing ? 'Change the block' : 'Publish the block'}</ActButton>
        {changing && (
          <button
            type="button"
            onClick={() => {
              forget();
              close();
            }}
          >
            Leave it as it is
          </button>
        )}
      </div>
    </form>
  );
}

function hoursText({ startsAt, endsAt }: Block, zone: string): string {
  return `${dayAndTime(startsAt, zone)} to ${clockTime(endsAt, zone)}`;
}
