import { clock } from '../shared/clock.ts';
import { ConnectionPill, Page, ProblemNote } from '../shared/components.tsx';
import { openFor } from '../shared/entry.tsx';
import { clockTime } from '../shared/format.ts';
import { mallSentence } from '../shared/sentences.ts';
import { cardsOf, columns, returningOf, stoppedOf } from './board.ts';
import { Card, ReturningCard, StoppedCard } from './card.tsx';
import { OpenSheet } from './sheets.tsx';
import { Board } from './state.ts';

function StoreBoard({ board }: { board: Board }) {
  const pickups = board.pickups.value;
  const name = board.session.actor?.name || board.session.actor?.storeId;
  return (
    <Page
      who={name}
      end={
        <>
          <span class="soft">{clockTime(clock.now.value, board.zone.value)}</span>
          <ConnectionPill connection={board.poller.connection.value} />
        </>
      }
    >
      <h1>{name}: orders</h1>
      <ProblemNote error={board.poller.failure.value} focus={false} />
      {board.mall.value && board.mall.value.state !== 'open' && (
        <p class="note warn">{mallSentence(board.mall.value, board.zone.value)}</p>
      )}
      {pickups && <Attention board={board} />}
      {pickups && (
        <div class="columns">
          {columns.map(({ key, title, empty }) => {
            const cards = cardsOf(key, pickups, clock.now.value);
            return (
              <section class="column" key={key} aria-labelledby={`column-${key}`}>
                <h2 id={`column-${key}`}>
                  {title} <span class="soft">{cards.length}</span>
                </h2>
                {cards.length === 0 && <p class="empty">{empty}</p>}
                <ul class="cards">
                  {cards.map((pickup) => (
                    <Card key={pickup.orderId} board={board} pickup={pickup} column={key} />
                  ))}
                </ul>
              </section>
            );
          })}
        </div>
      )}
      <OpenSheet board={board} />
    </Page>
  );
}

/** What calls for a hand at once stands above the columns. */
function Attention({ board }: { board: Board }) {
  const stopped = stoppedOf(board.pickups.value!);
  const returning = returningOf(board.pickups.value!);
  if (stopped.length + returning.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="attention">
      <h2 id="attention">Needs a hand</h2>
      <ul class="cards">
        {stopped.map((pickup) => (
          <StoppedCard key={pickup.orderId} board={board} pickup={pickup} />
        ))}
        {returning.map((pickup) => (
          <ReturningCard key={pickup.orderId} pickup={pickup} zone={board.zone.value} />
        ))}
      </ul>
    </section>
  );
}

void openFor('store', 'Store board', (session) => <StoreBoard board={new Board(session)} />);
