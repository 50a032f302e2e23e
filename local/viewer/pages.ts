import type { ExecutionView } from '../stepfunctions/execution-view.ts';
import type { HistoryEvent } from '../stepfunctions/history.ts';
import { type Html, html } from './html.ts';
import type { ExecutionSummary } from './source.ts';

/** The list of executions: what runs, what has ended, and how. */
export function listPage(executions: readonly ExecutionSummary[]): string {
  const running = executions.filter(({ status }) => status === 'RUNNING').length;
  return page(
    'Executions',
    html`<h1>Executions</h1>
<p class="soft">${running} running, ${executions.length - running} ended. Times are business time, in UTC.</p>
${
  executions.length === 0
    ? html`<p class="empty">No execution has started yet. Each order starts one.</p>`
    : html`<div class="scroll"><table>
<caption class="hidden">Executions, the latest first</caption>
<thead><tr><th scope="col">Execution</th><th scope="col">Status</th><th scope="col">Started</th><th scope="col">Ended</th><th scope="col" class="number">Transitions</th><th scope="col">State machine</th></tr></thead>
<tbody>${executions.map(
        (execution) => html`<tr>
<th scope="row"><a class="target code" href="/executions/${encodeURIComponent(execution.name)}">${execution.name}</a></th>
<td>${statusPill(execution.status)}</td>
<td>${dayAndTime(execution.startedAt)}</td>
<td>${execution.endedAt === null ? '–' : dayAndTime(execution.endedAt)}</td>
<td class="number">${execution.transitions}</td>
<td>${execution.machine}</td></tr>`,
      )}</tbody></table></div>`
}`,
  );
}

/** One execution: where it stands and whom it waits for, the states it entered, and its history. */
export function executionPage(view: ExecutionView, history: readonly HistoryEvent[]): string {
  return page(
    view.name,
    html`<p><a class="target" href="/executions">All executions</a></p>
<h1><span class="code">${view.name}</span></h1>
<p class="row">${statusPill(view.status)}<span>${view.transitions} state transitions</span>
<span class="soft">started ${dayAndTime(view.startedAt)}${view.endedAt === null ? null : html`, ended ${dayAndTime(view.endedAt)}`} UTC (business time)</span></p>
${links(view)}
${waitingSection(view)}
${
  view.error &&
  html`<section class="card bad"><h2>Error: ${view.error.error}</h2><pre tabindex="0">${view.error.cause}</pre></section>`
}
<section class="card"><h2>States entered</h2>
<ol class="states">${view.states.map(
      (state) => html`<li class="${state.exitedAt === null ? 'open' : 'done'}">
<span class="name">${state.name}</span>
<span class="soft">${time(state.enteredAt)}${
        state.exitedAt === null ? null : html`, for ${duration(state.exitedAt - state.enteredAt)}`
      }</span>
${state.comment && html`<span class="comment">${state.comment}</span>`}</li>`,
    )}</ol></section>
<div class="two">
<section class="card"><h2>Input</h2>${json('Input', view.input)}</section>
<section class="card"><h2>Output</h2>${view.output === null ? html`<p class="soft">None yet.</p>` : json('Output', view.output)}</section>
</div>
<section class="card"><h2>History</h2>
<div class="scroll"><table>
<caption class="hidden">Every event of the execution, in order</caption>
<thead><tr><th scope="col" class="number">Id</th><th scope="col">At</th><th scope="col">After start</th><th scope="col">Type</th><th scope="col">State or resource</th><th scope="col">Details</th></tr></thead>
<tbody>${history.map((event) => historyRow(event, view.startedAt))}</tbody></table></div></section>`,
  );
}

export function problemPage(title: string, mend: string): string {
  return page(
    title,
    html`<h1>${title}</h1><p>${mend}</p><p><a class="target" href="/executions">All executions</a></p>`,
  );
}

function waitingSection({ waiting, status }: ExecutionView): Html | null {
  if (status !== 'RUNNING') return null;
  return html`<section class="card now"><h2>Waiting for</h2>
${waiting.length === 0 ? html`<p class="soft">Nobody: it is working right now.</p>` : null}
<ul>${waiting.map(
    (wait) => html`<li><strong>${wait.state}</strong>
<span>since ${time(wait.since)}${wait.until === null ? null : html`, until ${time(wait.until)} at the latest`}</span>
${wait.comment && html`<span class="comment">${wait.comment}</span>`}</li>`,
  )}</ul></section>`;
}

/** The order's own page, when the input names one on this very site. */
function links({ input }: ExecutionView): Html | null {
  const url = typeof input === 'object' && input !== null && !Array.isArray(input) ? input.url : null;
  if (typeof url !== 'string') return null;
  const path = URL.parse(url)?.pathname;
  return path ? html`<p><a class="target" href="${path}">The order's page in operations</a></p>` : null;
}

function historyRow({ id, type, timestamp, details = {} }: HistoryEvent, startedAt: number): Html {
  const subject = details.name ?? details.resource ?? details.error ?? '';
  const hasDetails = Object.keys(details).length > 0;
  return html`<tr><td class="number">${id}</td><td>${time(timestamp)}</td><td>${duration(timestamp - startedAt)}</td>
<td class="code">${type}</td><td>${String(subject)}</td>
<td>${hasDetails && html`<details id="event-${id}"><summary>Show</summary>${json(`Details of event ${id}`, details)}</details>`}</td></tr>`;
}

function json(label: string, value: unknown): Html {
  return html`<pre tabindex="0" role="region" aria-label="${label}">${JSON.stringify(withParsedText(value), null, 2)}</pre>`;
}

/** Inputs and outputs are JSON text in the history; as objects they can be read. */
function withParsedText(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (typeof inner !== 'string' || !/^[[{]/.test(inner)) return [name, inner];
      try {
        return [name, JSON.parse(inner) as unknown];
      } catch {
        return [name, inner];
      }
    }),
  );
}

const tones: Record<string, string> = { SUCCEEDED: 'good', RUNNING: 'plain' };

function statusPill(status: string): Html {
  return html`<span class="pill ${tones[status] ?? 'bad'}">${status.toLowerCase().replaceAll('_', ' ')}</span>`;
}

function time(ms: number): Html {
  const iso = new Date(ms).toISOString();
  return html`<time datetime="${iso}">${iso.slice(11, 19)}</time>`;
}

function dayAndTime(ms: number): Html {
  const iso = new Date(ms).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)}</time>`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function page(title: string, main: Html): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Mallway executions</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/executions/-/style.css"><script type="module" src="/executions/-/refresh.js"></script></head>
<body><header><a class="target brand" href="/">Mallway</a><span class="soft">State machine executions</span></header>
<main>${main}</main></body></html>
`.text;
}
