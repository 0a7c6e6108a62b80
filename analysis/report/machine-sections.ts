/** What the page says of virtual machines: who executed their instructions, and how they came up. */
import { html, nothing, type Markup } from './html.ts';
import { duration } from './numbers.ts';
import type { BootRow, ReportModel } from './report-model.ts';

/** Stands before every figure: under emulation they mean something else. */
export function acceleratorSection({ accelerator }: ReportModel): Markup {
  if (accelerator === null) return nothing;
  const { environments, statement, cpuModel, reason, isHardware } = accelerator;
  return html`<section class="banner ${isHardware ? 'good' : 'unknown'}" id="accelerator">
    <h2>Accelerator of ${environments.join(', ')}: ${statement}</h2>
    <p>CPU model <code>${cpuModel}</code>. ${reason}.</p>
  </section>`;
}

export function bootTable({ boots }: ReportModel): Markup {
  if (boots.length === 0) return nothing;
  return html`<div class="scroll" tabindex="0">
    <table id="boots">
      <thead>
        <tr>
          <th>env</th>
          <th>boot</th>
          <th class="number">machines at once</th>
          <th class="number">came up</th>
          <th class="number">booted again</th>
          <th>median time since the start of the node (slowest)</th>
        </tr>
      </thead>
      <tbody>
        ${boots.map(bootRow)}
      </tbody>
      <caption>
        Over all attempts at all trials; times of a boot that failed are not in them. Each node's own times
        are in boots.csv.
      </caption>
    </table>
  </div>`;
}

function bootRow({ env, boot, machines, booted, retried, events }: BootRow): Markup {
  return html`<tr>
    <td>${env}</td>
    <td>${boot}</td>
    <td class="number">${machines}</td>
    <td class="number">${booted}</td>
    <td class="number">${retried}</td>
    <td>${events.map(eventText).join(' → ')}</td>
  </tr>`;
}

/** `ready 2.6 s (3.1 s)`. */
export function eventText({ name, medianMs, maxMs }: BootRow['events'][number]): string {
  return `${name} ${duration(medianMs)} (${duration(maxMs)})`;
}
