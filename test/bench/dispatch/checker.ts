/**
 * Judges a solution from the texts of the instance's and the solution's files alone. It shares no code with the
 * simulator, the reader or the metrics, so that a mistake there does not vouch for itself.
 */
export interface InstanceFiles {
  orders: string;
  couriers: string;
  restaurants: string;
  parameters: string;
}

export interface Verdict {
  violations: string[];
  figures: {
    placed: number;
    undelivered: number;
    ctd: number;
    ctdP90: number;
    over: number;
    late90: number;
    rtp: number;
    rtpP90: number;
    cost: number;
    bundle: number;
    drive: number;
  };
}

interface Visit {
  place: string;
  from: number;
  until: number;
}

export function check(
  files: InstanceFiles,
  solution: { assignments: string; orders: string; couriers: string },
): Verdict {
  const violations: string[] = [];
  const rows = (text: string, separator: RegExp) =>
    text
      .trim()
      .split('\n')
      .slice(1)
      .filter((line) => line.trim())
      .map((line) => line.trim().split(separator));
  const [speed, pickupService, dropoffService, target, , payPerOrder, payPerHour] = rows(
    files.parameters,
    /\t/,
  )[0]!.map(Number) as [number, number, number, number, number, number, number];
  const where = new Map<string, [number, number]>();
  const placed = new Map<string, { at: number; ready: number; restaurant: string }>();
  for (const [id, x, y, at, restaurant, ready] of rows(files.orders, /\t/)) {
    where.set(id!, [Number(x), Number(y)]);
    placed.set(id!, { at: Number(at), ready: Number(ready), restaurant: restaurant!.trim() });
  }
  for (const [id, x, y] of rows(files.restaurants, /\t/)) where.set(id!, [Number(x), Number(y)]);
  const shift = new Map<string, [number, number]>();
  for (const [id, x, y, on, off] of rows(files.couriers, /\t/)) {
    where.set(id!, [Number(x), Number(y)]);
    shift.set(id!, [Number(on), Number(off)]);
  }
  const minutesBetween = (a: string, b: string) => {
    const [ax, ay] = where.get(a)!;
    const [bx, by] = where.get(b)!;
    return Math.ceil(Math.sqrt((ax - bx) ** 2 + (ay - by) ** 2) / speed);
  };

  const visits = new Map<string, Visit[]>([...shift].map(([id, [on]]) => [id, [{ place: id, from: on, until: 1e9 }]]));
  let driven = 0;
  for (const [courier, at, origin, destination] of rows(solution.couriers, / /)) {
    const track = visits.get(courier!)!;
    const last = track.at(-1)!;
    if (last.place !== origin) violations.push(`${courier} leaves ${origin} but was at ${last.place}`);
    if (Number(at) < last.from) violations.push(`${courier} leaves ${origin} at ${at}, before arriving there`);
    last.until = Number(at);
    const minutes = minutesBetween(origin!, destination!);
    driven += minutes;
    track.push({ place: destination!, from: Number(at) + minutes, until: 1e9 });
  }
  const presentFor = (courier: string, place: string, from: number, until: number) =>
    visits.get(courier)?.some((visit) => visit.place === place && visit.from <= from && visit.until >= until) ?? false;

  const collected = new Map<string, { at: number; courier: string }>();
  const bundles = rows(solution.assignments, / /);
  const dropped = new Map<string, number>();
  for (const [order, at, ready, pickup, drop, courier] of rows(solution.orders, / /)) {
    if (Number(at) !== placed.get(order!)!.at) violations.push(`${order} shows another placement time`);
    if (Number(ready) !== placed.get(order!)!.ready) violations.push(`${order} shows another ready time`);
    if (pickup === 'NaN') continue;
    dropped.set(order!, Number(drop));
    if (!presentFor(courier!, order!, Number(drop) - dropoffService / 2, Number(drop) + dropoffService / 2)) {
      violations.push(`${courier} is not at ${order} for the drop-off at ${drop}`);
    }
  }
  for (const [assignedText, pickupText, courier, ...bundle] of bundles) {
    const pickup = Number(pickupText);
    const restaurant = placed.get(bundle[0]!)?.restaurant ?? '';
    const [on, off] = shift.get(courier!) ?? [0, 0];
    if (pickup > off || pickup < on) violations.push(`${courier} collects at ${pickup}, outside the shift`);
    if (Number(assignedText) < on) violations.push(`${courier} is told something before the shift`);
    if (!presentFor(courier!, restaurant, pickup - pickupService / 2, pickup + pickupService / 2)) {
      violations.push(`${courier} is not at ${restaurant} for the pickup at ${pickup}`);
    }
    let before = pickup + pickupService / 2 - dropoffService / 2;
    let at = restaurant;
    for (const order of bundle) {
      const facts = placed.get(order)!;
      if (collected.has(order)) violations.push(`${order} is assigned twice`);
      collected.set(order, { at: pickup, courier: courier! });
      if (Number(assignedText) < facts.at) violations.push(`${order} is assigned before it is placed`);
      if (facts.ready > pickup) violations.push(`${order} is collected before it is ready`);
      if (facts.restaurant !== restaurant) violations.push(`${order} is collected at ${restaurant}`);
      const drop = dropped.get(order) ?? Number.NaN;
      const earliest = before + dropoffService / 2 + minutesBetween(at, order) + dropoffService / 2;
      if (!(drop >= earliest)) violations.push(`${order} is dropped at ${drop}, possible from ${earliest}`);
      before = drop;
      at = order;
    }
  }
  for (const order of dropped.keys())
    if (!collected.has(order)) violations.push(`${order} is dropped, never collected`);

  const done = [...dropped.keys()].filter((order) => collected.has(order));
  const clickToDoor = done.map((order) => dropped.get(order)! - placed.get(order)!.at);
  const readyToPickup = done.map((order) => collected.get(order)!.at - placed.get(order)!.ready);
  const earned = new Map([...shift].map(([id]) => [id, 0]));
  for (const { courier } of collected.values()) earned.set(courier, earned.get(courier)! + payPerOrder);
  let cost = 0;
  for (const [id, [on, off]] of shift) cost += Math.max(earned.get(id)!, (payPerHour * (off - on)) / 60);
  const average = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const ninetieth = (list: number[]) => {
    const sorted = list.toSorted((a, b) => a - b);
    const position = (sorted.length - 1) * 0.9;
    const under = sorted[Math.floor(position)]!;
    return under + (position % 1) * (sorted[Math.ceil(position)]! - under);
  };
  return {
    violations,
    figures: {
      placed: placed.size,
      undelivered: (100 * (placed.size - done.length)) / placed.size,
      ctd: average(clickToDoor),
      ctdP90: ninetieth(clickToDoor),
      over: average(clickToDoor.map((minutes) => (minutes > target ? minutes - target : 0))),
      late90: (100 * clickToDoor.filter((minutes) => minutes > 90).length) / placed.size,
      rtp: average(readyToPickup),
      rtpP90: ninetieth(readyToPickup),
      cost: cost / done.length,
      bundle: done.length / bundles.length,
      drive: driven / done.length,
    },
  };
}
