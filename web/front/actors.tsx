import { clock } from '../shared/clock.ts';
import { Pill } from '../shared/components.tsx';
import type { OverviewMall } from '../shared/contract/overview.ts';
import type { ActorLink } from '../shared/contract/people.ts';
import { clockTime, dayAndTime } from '../shared/format.ts';

const groups = [
  { role: 'store', title: 'A store' },
  { role: 'driver', title: 'A driver' },
  { role: 'operations', title: 'Operations' },
] as const;

/** Anybody may take a part; the demo leaves that actor alone meanwhile. */
export function Actors({ malls, actors }: { malls: OverviewMall[]; actors: ActorLink[] }) {
  const everywhere = actors.filter(({ mallId }) => !malls.some(({ id }) => id === mallId));
  const mallNames = [...new Set(everywhere.map(({ mallName }) => mallName))];
  return (
    <section class="stack" aria-labelledby="take-part">
      <h2 id="take-part">Take a part</h2>
      <p class="soft">
        {malls.length > 0
          ? 'Everybody here is played by the demo. Become one of them, and the clock slows down while it is your turn.'
          : 'Become one of them.'}
      </p>
      {mallNames.map((name) => (
        <section class="card" key={name}>
          <h3>{name ?? 'Every mall'}</h3>
          <Groups actors={everywhere.filter(({ mallName }) => mallName === name)} />
        </section>
      ))}
      {malls.map((mall) => (
        <section class="card" key={mall.id}>
          <div class="row spread">
            <h3>{mall.name}</h3>
            <Hours mall={mall} />
          </div>
          <Groups actors={actors.filter(({ mallId }) => mallId === mall.id)} />
        </section>
      ))}
    </section>
  );
}

function Hours({ mall }: { mall: OverviewMall }) {
  const time = clockTime(clock.now.value, mall.zone);
  if (mall.open) return <Pill tone="good">{time}, open</Pill>;
  return <Pill>{mall.opensAt ? `${time}, opens ${dayAndTime(mall.opensAt, mall.zone)}` : `${time}, closed`}</Pill>;
}

function Groups({ actors }: { actors: ActorLink[] }) {
  return (
    <>
      {groups.map(({ role, title }) => {
        const those = actors.filter((actor) => actor.role === role);
        if (those.length === 0) return null;
        return (
          <div key={role}>
            <h4 class="small soft">{title}</h4>
            <ul class="actors">
              {those.map((actor) => (
                <li key={actor.id}>
                  <a class="target" href={actor.url}>
                    {actor.name}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </>
  );
}
