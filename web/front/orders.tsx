import { Pill, TimeLeft } from '../shared/components.tsx';
import type { OverviewOrder } from '../shared/contract/overview.ts';
import { clockTime, shortCode } from '../shared/format.ts';
import { pickupSentence, statusSentence, statusTone } from '../shared/sentences.ts';

const finishedShown = 8;

export function Orders({ orders }: { orders: OverviewOrder[] }) {
  const open = orders.filter(({ endedAt }) => endedAt === null);
  const finished = orders.filter(({ endedAt }) => endedAt !== null).slice(0, finishedShown);
  return (
    <div class="stack">
      <section class="stack" aria-labelledby="moving">
        <h2 id="moving">Orders on the move</h2>
        {open.length === 0 && <p class="empty">No order is under way right now. New ones come by themselves.</p>}
        <ul class="orders">
          {open.map((order) => (
            <Order key={order.orderId} order={order} />
          ))}
        </ul>
      </section>
      {finished.length > 0 && (
        <section class="stack" aria-labelledby="finished">
          <h2 id="finished">Finished</h2>
          <ul class="orders">
            {finished.map((order) => (
              <Order key={order.orderId} order={order} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Order({ order }: { order: OverviewOrder }) {
  const { zone } = order;
  return (
    <li class="card order">
      <div class="row spread">
        <h3>{statusSentence(order.status)}</h3>
        <Pill tone={statusTone(order.status)}>
          {order.endedAt ? `at ${clockTime(order.endedAt, zone)}` : `promised by ${clockTime(order.promiseBy, zone)}`}
        </Pill>
      </div>
      <p class="soft small">
        <span class="code">{shortCode(order.orderId)}</span> · {order.mallName} · placed{' '}
        {clockTime(order.placedAt, zone)}
        {order.driverName && ` · driver ${order.driverName}`}
      </p>
      <ul class="row small">
        {order.stores.map((store) => (
          <li key={store.name}>
            {store.name}: <span class="soft">{pickupSentence(store.status)}</span>
          </li>
        ))}
      </ul>
      {order.waitingFor.map((wait) => (
        <p class="small" key={wait.text}>
          Waiting: <strong>{wait.text}</strong>, until {clockTime(wait.until, zone)} (<TimeLeft until={wait.until} />)
        </p>
      ))}
      <div class="row small">
        <a class="target" href={order.trackingUrl}>
          Follow {shortCode(order.orderId)} as the shopper
        </a>
        <a class="target" href={order.executionUrl}>
          Execution of {shortCode(order.orderId)}
        </a>
      </div>
    </li>
  );
}
