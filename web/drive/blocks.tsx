import { useSignal } from '@preact/signals';
import { ActButton, ActingNote, useActing } from '../shared/acting.tsx';
import { clock } from '../shared/clock.ts';
import { Pill, ProblemNote } from '../shared/components.tsx';
import type { Block, BlocksPage } from '../shared/contract/driver.ts';
import { clockTime, count, dayAndTime, money } from '../shared/format.ts';
import type { Phone } from './state.ts';

/** Hours that can be booked, asked for when somebody wants to see them. */
export function Blocks({ phone }: { phone: Phone }) {
  const page = useSignal<BlocksPage | null>(null);
  const failure = useSignal<Error | null>(null);
  const read = async () => {
    failure.value = null;
    try {
      page.value = await phone.session.api.get<BlocksPage>('/v1/driver/blocks');
    } catch (error) {
      failure.value = error as Error;
    }
  };
  const shown = page.value;
  return (
    <section class="card" aria-labelledby="blocks">
      <h2 id="blocks">Shift blocks</h2>
      <ProblemNote error={failure.value} />
      {!shown && (
        <>
          <p class="soft">Booked hours pay a guaranteed minimum. Offers in them may be declined like any other.</p>
          <div class="row">
            <button type="button" onClick={() => void read()}>
              Show blocks
            </button>
          </div>
        </>
      )}
      {shown?.data.length === 0 && <p class="soft">No blocks are published now.</p>}
      {shown && shown.data.length > 0 && (
        <ul class="blocks">
          {shown.data.map((block) => (
            <BlockItem key={block.id} phone={phone} block={block} zone={shown.zone ?? 'UTC'} onDone={read} />
          ))}
        </ul>
      )}
      {shown && shown.missed.length > 0 && <p class="soft">Missed lately: {count(shown.missed.length, 'block')}.</p>}
    </section>
  );
}

interface BlockProps {
  phone: Phone;
  block: Block;
  zone: string;
  onDone: () => Promise<void>;
}

function BlockItem({ phone, block, zone, onDone }: BlockProps) {
  const acting = useActing();
  const { id, startsAt, endsAt, yours, placesLeft } = block;
  const hours = `${dayAndTime(startsAt, zone)} to ${clockTime(endsAt, zone)}`;
  const now = new Date(clock.now.value).toISOString();
  const send = (act: string) =>
    void acting.run(async (retry) => {
      await phone.session.api.act(`/v1/driver/blocks/${encodeURIComponent(id)}/${act}`, undefined, retry);
      await Promise.all([onDone(), phone.poller.now()]);
    });
  const isFree = now <= block.forfeitUntil;
  return (
    <li>
      <p>
        <strong>{hours}</strong>
        <br />
        {money(block.guaranteedCentsPerHour, block.currency)} an hour guaranteed{' '}
        {yours === null ? (
          <span class="soft">{placesLeft > 0 ? `${count(placesLeft, 'place')} left` : 'full'}</span>
        ) : (
          <Pill tone="good">{yours}</Pill>
        )}
      </p>
      <ActingNote acting={acting} />
      <div class="row">
        {yours === null && placesLeft > 0 && now < startsAt && (
          <ActButton acting={acting} kind="plain" onClick={() => send('book')}>
            {`Book ${hours}`}
          </ActButton>
        )}
        {yours === 'booked' && now >= block.checkInFrom && now < block.checkInUntil && (
          <ActButton acting={acting} onClick={() => send('check-in')}>
            I'm here: check in
          </ActButton>
        )}
        {yours === 'booked' && now < block.checkInUntil && (
          <ActButton acting={acting} kind="plain" onClick={() => send('forfeit')}>
            {isFree ? 'Give back, at no cost' : 'Give back: counts as missed'}
          </ActButton>
        )}
      </div>
    </li>
  );
}
