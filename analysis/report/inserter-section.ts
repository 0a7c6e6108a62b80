/** What the page says of each trial of workload mysql beyond its cycle times: phases, deliveries, servers, losses. */
import { html, nothing, type Markup } from './html.ts';
import { bytes, duration, grouped, measured, noValue } from './numbers.ts';
import type { ReportModel } from './report-model.ts';

export interface InserterRow {
  readonly trialId: string;
  readonly cellLabel: string;
  /** By name of the fact, as the workload recorded it; null where there was nothing to measure. */
  readonly figures: Readonly<Record<string, number | null>>;
  /** Between which two a batch took longest: `db-1→db-3`; null where none was sent. */
  readonly slowestWay: string | null;
  /** What faults did, and which tuples are therefore not where. */
  readonly events: readonly string[];
}

type Column = readonly [heading: string, text: (figure: Figure) => string];
type Figure = (name: string, format: (value: number) => string) => string;

const columns: readonly Column[] = [
  ['connect', (figure) => figure('connectMs', duration)],
  ['sync', (figure) => figure('syncMs', duration)],
  ['main loop', (figure) => figure('mainLoopMs', duration)],
  ['last batches', (figure) => figure('flushMs', duration)],
  ['desync', (figure) => figure('desyncMs', duration)],
  ['offered /s', (figure) => figure('offeredPerS', measured)],
  ['achieved /s', (figure) => figure('achievedPerS', measured)],
  ['late p99 ms', (figure) => figure('latenessP99Ms', measured)],
  ['batch p50 ms', (figure) => figure('batchP50Ms', measured)],
  ['batch p99 ms', (figure) => figure('batchP99Ms', measured)],
  ['lag p50 ms', (figure) => figure('lagP50Ms', measured)],
  ['lag p99 ms', (figure) => figure('lagP99Ms', measured)],
  ['delivered', (figure) => figure('deliveredBytes', bytes)],
  ['server: inserts', (figure) => figure('comInsert', grouped)],
  ['server: log', (figure) => figure('logBytes', bytes)],
  ['server: fsyncs', (figure) => figure('fsyncs', grouped)],
  ['server: received', (figure) => figure('bytesReceived', bytes)],
  ['server: sent', (figure) => figure('bytesSent', bytes)],
];

export function inserterSection({ inserters }: ReportModel): Markup {
  if (inserters.length === 0) return nothing;
  return html`<h2>Phases, deliveries and servers of each trial</h2>
    <div class="scroll" tabindex="0">
      <table id="inserters" class="dense">
        <thead>
          <tr>
            <th>trial</th>
            <th>cell</th>
            ${columns.map(([heading]) => html`<th class="number">${heading}</th>`)}
            <th>slowest way</th>
          </tr>
        </thead>
        <tbody>
          ${inserters.map(inserterRow)}
        </tbody>
        <caption>
          Phases: of the slowest instance. Batch: from sending it to its answer, all ways together. Lag: from
          the first insert of a batch until the last other database had it. Servers: how much their own
          counters grew from before to after the main loop, all together; none where one was started anew.
        </caption>
      </table>
    </div>
    ${inserters.filter(({ events }) => events.length > 0).map(eventList)}`;
}

function inserterRow({ trialId, cellLabel, figures, slowestWay }: InserterRow): Markup {
  const figure: Figure = (name, format) => {
    const value = figures[name] ?? null;
    return value === null ? noValue : format(value);
  };
  const slowest = slowestWay === null ? noValue : `${slowestWay} ${figure('slowestWayP50Ms', measured)} ms`;
  return html`<tr>
    <td class="trial mono">${trialId}</td>
    <td>${cellLabel}</td>
    ${columns.map(([, text]) => html`<td class="number">${text(figure)}</td>`)}
    <td>${slowest}</td>
  </tr>`;
}

function eventList({ trialId, events }: InserterRow): Markup {
  return html`<details>
    <summary>what happened in ${trialId}</summary>
    <ul>
      ${events.map((event) => html`<li>${event}</li>`)}
    </ul>
  </details>`;
}
