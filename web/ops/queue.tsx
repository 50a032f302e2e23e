import { clock } from '../shared/clock.ts';
import { Pill, TimeLeft, WideTable } from '../shared/components.tsx';
import type { OpenOrder, WaitingOrder } from '../shared/contract/operations.ts';
import { clockTime, duration, shortCode, words } from '../shared/format.ts';
import { expectedSentence, pickupSentence, statusSentence, statusTone, waitSentence } from '../shared/sentences.ts';
import { MallChoice } from './mall-choice.tsx';
import { MallStates } from './mall-state.tsx';
import type { Desk } from './state.ts';

export function Queue({ desk }: { desk: Desk }) {
  const waiting = desk.waiting.value;
  const open = desk.open.value;
  return (
    <>
      <div class="row spread">
        <h1>What waits, and what moves</h1>
        <MallChoice id="mall" desk={desk} value={desk.mallId.value}>
          <option value="">All malls</option>
        </MallChoice>
      </div>
      <MallStates desk={desk} />
      {waiting && <Waiting desk={desk} orders={waiting} moving={open?.length ?? 0} />}
      {open && open.length > 0 && <Open desk={desk} orders={open} />}
    </>
  );
}

function Waiting({ desk, orders, moving }: { desk: Desk; orders: WaitingOrder[]; moving: number }) {
  if (orders.length === 0) {
    return <p class="empty">Nothing waits too long. Orders under way: {moving}.</p>;
  }
  return (
    <section class="card" aria-labelledby="waiting">
      <h2 id="waiting">Waits for a decision or for too long</h2>
      <WideTable label="Orders that wait too long, most urgent first">
        <thead>
          <tr>
            <th scope="col">Order</th>
            <th scope="col">Why</th>
            <th scope="col">Waits for</th>
            <th scope="col">Since</th>
            <th scope="col">Promise</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <tr key={order.orderId}>
              <th scope="row">
                <OrderLink desk={desk} order={order} />
              </th>
              <td>
                <Pill tone="warn">{words(order.reason)}</Pill>
              </td>
              <td>
                {order.waits.map((wait) => (
                  <div key={wait.wait}>
                    {waitSentence(wait.wait)}, until {clockTime(wait.dueAt, order.zone)}
                  </div>
                ))}
              </td>
              <td>{duration(order.ageSeconds)}</td>
              <td>
                <Promised order={order} />
              </td>
              <td>{statusSentence(order.status)}</td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </section>
  );
}

function Open({ desk, orders }: { desk: Desk; orders: OpenOrder[] }) {
  return (
    <section class="card" aria-labelledby="open">
      <h2 id="open">
        Under way <span class="soft">{orders.length}</span>
      </h2>
      <WideTable label="All orders under way">
        <thead>
          <tr>
            <th scope="col">Order</th>
            <th scope="col">Mall</th>
            <th scope="col">Status</th>
            <th scope="col">Stores</th>
            <th scope="col">Driver</th>
            <th scope="col">Promise</th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <tr key={order.orderId}>
              <th scope="row">
                <OrderLink desk={desk} order={order} />
              </th>
              <td>{desk.mallName(order.mallId)}</td>
              <td>
                <Pill tone={statusTone(order.status)}>{words(order.status)}</Pill>
              </td>
              <td>
                {order.pickups.map((pickup) => (
                  <div key={pickup.storeId}>
                    {pickup.storeName}: <span class="soft">{pickupSentence(pickup.status)}</span>
                  </div>
                ))}
              </td>
              <td>{order.driverId ?? (order.offerId ? 'offered' : '–')}</td>
              <td>
                <Promised order={order} />
              </td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </section>
  );
}

function OrderLink({ desk, order }: { desk: Desk; order: OpenOrder }) {
  return (
    <a
      class="target code"
      href={desk.hrefOf(order.orderId)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        desk.go(order.orderId);
      }}
    >
      {shortCode(order.orderId)}
    </a>
  );
}

function Promised({ order }: { order: OpenOrder }) {
  const isNear = Date.parse(order.promiseBy) - clock.now.value < 3600_000;
  return (
    <>
      {clockTime(order.promiseBy, order.zone)}
      {order.eta && (
        <div class={order.eta.promise === 'late' ? 'late' : 'soft'}>{expectedSentence(order.eta, order.zone)}</div>
      )}
      {isNear && (
        <div>
          <TimeLeft until={order.promiseBy} soonSeconds={900} />
        </div>
      )}
    </>
  );
}
