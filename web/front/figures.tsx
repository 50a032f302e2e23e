import { WideTable } from '../shared/components.tsx';
import type { Overview } from '../shared/contract/overview.ts';
import { fineUsd } from '../shared/format.ts';

export function Figures({ overview: { counts, eta, cost } }: { overview: Overview }) {
  return (
    <section class="stack" aria-labelledby="figures">
      <h2 id="figures">So far</h2>
      <dl class="figures">
        <Figure name="Under way" value={counts.open} />
        <Figure name="Delivered" value={counts.delivered} />
        <Figure name="Returned" value={counts.returned} />
        <Figure name="Cancelled" value={counts.cancelled} />
        {counts.failed > 0 && <Figure name="Failed" value={counts.failed} />}
        {eta && <Figure name="Doors reached by the latest time told" value={`${eta.withinP90Percent} %`} />}
        {cost && <Figure name="AWS cost per delivered order" value={fineUsd(cost.perDeliveredOrderUsd)} />}
      </dl>
      {cost && (
        <details class="card">
          <summary>What an order costs, by component</summary>
          <WideTable label={`What AWS would bill at list prices, over ${cost.orders} delivered orders.`}>
            <thead>
              <tr>
                <th scope="col">Component</th>
                <th scope="col" class="number">
                  Per delivered order
                </th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(cost.byComponent)
                .sort(([, a], [, b]) => b - a)
                .map(([component, usd]) => (
                  <tr key={component}>
                    <td>{component}</td>
                    <td class="number">{fineUsd(usd)}</td>
                  </tr>
                ))}
            </tbody>
          </WideTable>
        </details>
      )}
    </section>
  );
}

function Figure({ name, value }: { name: string; value: number | string }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
