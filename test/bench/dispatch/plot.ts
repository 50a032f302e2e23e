import { hardInstances, table4 } from './published.ts';
import type { Result } from './run-instance.ts';

const column = 11;
const left = 60;
const top = 50;
const height = 380;

/** Click-to-door by instance as an SVG: ours, and the paper's and the clairvoyant optimum where they are published. */
export function plotClickToDoor(results: Result[]): string {
  const values = results.flatMap(({ name, metrics }) => [metrics.ctd, ...published(name).map(({ ctd }) => ctd)]);
  const low = Math.floor(Math.min(...values) / 5) * 5;
  const high = Math.ceil(Math.max(...values) / 5) * 5;
  const y = (minutes: number) => (top + height * (1 - (minutes - low) / (high - low))).toFixed(1);
  const x = (index: number) => left + column * (index + 1);
  const width = Math.max(520, x(results.length) + 20);
  const parts: string[] = [];
  for (let minutes = low; minutes <= high; minutes += 5) {
    parts.push(
      `<path d="M${left} ${y(minutes)}H${width - 20}" stroke="#ddd"/>`,
      `<text x="${left - 8}" y="${y(minutes)}" text-anchor="end" dominant-baseline="middle">${minutes}</text>`,
    );
  }
  results.forEach(({ name, metrics }, index) => {
    const at = x(index);
    for (const { kind, ctd } of published(name)) {
      parts.push(
        kind === 'paper'
          ? `<rect x="${at - 3.5}" y="${Number(y(ctd)) - 3.5}" width="7" height="7" fill="none" stroke="#b5482a" stroke-width="1.5"/>`
          : `<path d="M${at - 5} ${y(ctd)}h10" stroke="#222" stroke-width="2"/>`,
      );
    }
    parts.push(
      `<circle cx="${at}" cy="${y(metrics.ctd)}" r="3" fill="#1d6fb8"><title>${name}: ${metrics.ctd.toFixed(2)} min</title></circle>`,
      `<text transform="translate(${at + 3} ${top + height + 8}) rotate(90)" font-size="8">${name}</text>`,
    );
  });
  const legend = [
    '<circle cx="70" cy="22" r="3" fill="#1d6fb8"/><text x="80" y="26">Mallway</text>',
    '<rect x="150" y="18.5" width="7" height="7" fill="none" stroke="#b5482a" stroke-width="1.5"/><text x="164" y="26">paper (where published)</text>',
    '<path d="M320 22h10" stroke="#222" stroke-width="2"/><text x="336" y="26">optimum knowing every order in advance</text>',
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + height + 100}" font-family="sans-serif" font-size="12">
<title>Mean minutes from click to door by instance</title>
<rect width="100%" height="100%" fill="#fff"/>
${[...legend, ...parts].join('\n')}
</svg>
`;
}

function published(name: string): { kind: 'paper' | 'exact'; ctd: number }[] {
  const paper = table4[name]?.paper.ctd ?? hardInstances[name]?.ctd;
  const exact = table4[name]?.exact.ctd;
  return [
    ...(paper === undefined ? [] : [{ kind: 'paper' as const, ctd: paper }]),
    ...(exact === undefined ? [] : [{ kind: 'exact' as const, ctd: exact }]),
  ];
}
