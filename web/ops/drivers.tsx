import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { Pill, ProblemNote, WideTable } from '../shared/components.tsx';
import type { ApplicationRow, DriverRow } from '../shared/contract/joining.ts';
import { dayName, paperName, suspensionReason, vehicleName } from '../shared/paper-words.ts';
import { ApplicationView } from './application-page.tsx';
import { DriverView } from './driver-page.tsx';
import { DriversDesk } from './drivers-state.ts';
import type { About, Desk } from './state.ts';

/** Who wants to drive, whose papers run out, who is suspended; or one of them. */
export function Drivers({ desk }: { desk: Desk }) {
  const drivers = useMemo(() => new DriversDesk(desk), [desk]);
  const about = desk.about.value;
  useEffect(() => {
    void drivers.read(about);
  }, [drivers, about]);
  return (
    <>
      <ProblemNote error={drivers.failure.value} focus={false} />
      {about?.kind === 'application' && <ApplicationView drivers={drivers} about={about} />}
      {about?.kind === 'driver' && <DriverView drivers={drivers} about={about} />}
      {!about && <Lists drivers={drivers} />}
    </>
  );
}

function Lists({ drivers }: { drivers: DriversDesk }) {
  const { desk } = drivers;
  return (
    <>
      <h1>Drivers</h1>
      <List
        id="applications"
        title="Who wants to drive"
        label="Open applications, whoever has waited longest first"
        heads={['Who', 'Mall', 'Whose turn', 'Still wanted']}
        rows={drivers.applications.value}
        none="Nobody has applied."
      >
        {({ id, name = id, mallId, vehicle, turn, wanted }: ApplicationRow) => (
          <>
            <th scope="row">
              <AboutLink desk={desk} about={{ kind: 'application', id }}>
                {name}
              </AboutLink>
              <div class="soft">{vehicleName(vehicle)}</div>
            </th>
            <td>{desk.mallName(mallId)}</td>
            <td>
              <Pill tone={turn === 'operations' ? 'warn' : 'plain'}>{turn === 'operations' ? 'Yours' : 'Theirs'}</Pill>
            </td>
            <td>{wanted.length > 0 ? wanted.map(paperName).join(', ') : 'Nothing: decide'}</td>
          </>
        )}
      </List>
      <List
        id="papers"
        title="Papers"
        label="Drivers whose papers run out or wait for a look"
        heads={['Who', 'Offers', 'What about']}
        rows={drivers.papers.value}
        none="No papers run out, and none wait for a look."
      >
        {(row: DriverRow) => (
          <>
            <DriverName desk={desk} row={row} />
            <td>
              <Pill tone={row.isCleared ? 'good' : 'bad'}>{row.isCleared ? 'get them' : 'none'}</Pill>
            </td>
            <td>
              {paperNews(row).map((news) => (
                <div key={news}>{news}</div>
              ))}
            </td>
          </>
        )}
      </List>
      <List
        id="suspended"
        title="Suspended"
        label="Suspended drivers, longest first"
        heads={['Who', 'Why', 'Appeal']}
        rows={drivers.suspended.value}
        none="Nobody is suspended."
      >
        {(row: DriverRow) => (
          <>
            <DriverName desk={desk} row={row} />
            <td>
              {suspensionReason(row.suspension?.reason ?? 'other')}
              {row.suspension && <div class="soft">since {dayName(row.suspension.since)}</div>}
            </td>
            <td>
              <Appeal row={row} />
            </td>
          </>
        )}
      </List>
    </>
  );
}

function List<Row extends { id: string }>(props: {
  id: string;
  title: string;
  label: string;
  heads: readonly string[];
  rows: Row[] | null;
  none: string;
  /** The cells of one. */
  children: (row: Row) => ComponentChildren;
}) {
  const { id, title, label, heads, rows, none, children } = props;
  return (
    <section class="card" aria-labelledby={id} aria-busy={rows === null}>
      <h2 id={id}>
        {title} {rows && <span class="soft">{rows.length}</span>}
      </h2>
      {rows?.length === 0 && <p class="empty">{none}</p>}
      {rows && rows.length > 0 && (
        <WideTable label={label}>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>{children(row)}</tr>
            ))}
          </tbody>
        </WideTable>
      )}
    </section>
  );
}

function DriverName({ desk, row: { id, name, mallId, vehicle } }: { desk: Desk; row: DriverRow }) {
  return (
    <th scope="row">
      <AboutLink desk={desk} about={{ kind: 'driver', id }}>
        {name}
      </AboutLink>
      <div class="soft">
        {vehicleName(vehicle)}, {desk.mallName(mallId)}
      </div>
    </th>
  );
}

function Appeal({ row }: { row: DriverRow }) {
  const appeal = row.suspension?.appeal;
  if (!appeal) return <span class="soft">none</span>;
  return appeal.upheldAt ? <Pill>answered</Pill> : <Pill tone="warn">to answer</Pill>;
}

function paperNews({ undecided, lapsed, missing, ending }: DriverRow): string[] {
  return [
    ...(undecided > 0 ? [`${undecided} to look at`] : []),
    ...lapsed.map(({ kind }) => `${paperName(kind)} has run out`),
    ...missing.map((kind) => `${paperName(kind)} is missing`),
    ...ending.map(({ kind, until }) => `${paperName(kind)} runs out about ${dayName(until!)}`),
  ];
}

export function AboutLink(props: { desk: Desk; about: About; children: ComponentChildren }) {
  const { desk, about, children } = props;
  return (
    <a
      class="target"
      href={desk.hrefOfPlace('drivers', about)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        desk.goTo('drivers', about);
      }}
    >
      {children}
    </a>
  );
}
