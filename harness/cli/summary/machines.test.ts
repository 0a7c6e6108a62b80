/** What summary, report and JSON say of a run whose nodes are virtual machines. */
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { summarizeCells } from '../../../analysis/cell-summary.ts';
import { pageCharts } from '../../../analysis/report/page-sections.ts';
import { renderHtml } from '../../../analysis/report/render-html.ts';
import type { BootRecord, Manifest } from '../../../results/store/records.ts';
import type { Cell } from '../../foundation/cell.ts';
import { benchOutput } from '../json/bench-output.ts';
import { concludeRun } from '../runs/finish-run.ts';
import { buildReport } from './build-report.ts';
import { nextCommand } from './next-command.ts';
import { killed, quietCell, runOf, type RunShape } from './run.fixture.ts';
import { textSummary } from './text-summary.ts';

const etcd: Cell = { ...quietCell, env: 'docker', sharedMemory: 'etcd', replicas: 1 };
const warm: Cell = { ...etcd, env: 'vm', boot: 'warm' };
const cold: Cell = { ...warm, boot: 'cold' };
const tcg = { accelerator: 'tcg', cpuModel: 'qemu64,-cx16', acceleratorReason: 'there is no /dev/kvm' };
const kvm = { accelerator: 'kvm', cpuModel: 'host', acceleratorReason: 'a guest booted under KVM' };
const ranUnder = (facts: Manifest['environments'][string]): Partial<Manifest> => {
  return { environments: { docker: { engine: '26' }, vm: facts } };
};
const booted = (node: string, readyMs: number, failures: string[] = []): BootRecord => {
  return {
    node,
    timeline: [
      { name: 'kernel', atMs: 500 },
      { name: 'ready', atMs: readyMs },
    ],
    failures,
  };
};

const emulated: RunShape = { cells: [etcd, warm], manifest: ranUnder(tcg) };
const reportOf = (shape: RunShape) => buildReport(runOf(shape));
const pageOf = (shape: RunShape) => renderHtml(reportOf(shape), 'var Chart;');
const summaryOf = (shape: RunShape, columns = 110) => {
  const next = { command: 'npm run bench', why: 'again' };
  const page = { columns, colors: pc.createColors(false) };
  return textSummary(reportOf(shape), { reportPath: 'r/report/index.html', next }, page);
};
const statement = 'software emulation (TCG): absolute times are not those of hardware virtualization';

describe('the accelerator', () => {
  it('stands before every figure, with CPU model and reason', () => {
    const text = summaryOf(emulated);
    expect(text).toContain(`vm: ${statement}\n  CPU model qemu64,-cx16; there is no /dev/kvm`);
    expect(text.indexOf(statement)).toBeLessThan(text.indexOf('Measured'));
    const page = pageOf(emulated);
    expect(page).toMatch(
      /Accelerator of vm: software emulation \(TCG\)[^]*CPU model <code>qemu64,-cx16<\/code>/,
    );
    expect(page.indexOf(statement)).toBeLessThan(page.indexOf('id="cells"'));
  });

  it('is in the JSON document', () => {
    const run = runOf(emulated);
    const cells = summarizeCells(run.manifest.plan, run.records);
    const document = benchOutput({ model: buildReport(run), cells, exitCode: 0, reportPath: null });
    const reason = 'there is no /dev/kvm';
    expect(document.accelerator).toEqual({ kind: 'tcg', cpuModel: 'qemu64,-cx16', reason });
    expect(document.cells.map(({ factors }) => factors.boot)).toEqual([undefined, 'warm']);
  });

  it('that is hardware is named without alarm', () => {
    const shape = { ...emulated, manifest: ranUnder(kvm) };
    expect(summaryOf(shape)).toContain('vm: hardware virtualization (KVM)\n  CPU model host');
    expect(pageOf(shape)).toMatch(/class="banner good"\s+id="accelerator"/);
    expect(pageOf(emulated)).toMatch(/class="banner unknown"\s+id="accelerator"/);
  });

  it('is unknown, not absent, when no machine was started', () => {
    const shape = { cells: [warm], isInterrupted: true, records: { t0001: null, t0002: null, t0003: null } };
    expect(summaryOf(shape)).toContain('vm: accelerator unknown');
  });

  it('is not spoken of without machines', () => {
    expect(reportOf({ cells: [etcd] }).accelerator).toBeNull();
    expect(summaryOf({ cells: [etcd] })).not.toMatch(/accelerator/i);
    expect(pageOf({ cells: [etcd] })).not.toContain('id="accelerator"');
  });
});

describe('how machines come up', () => {
  it('is a factor: cells apart, warm before cold, named in labels and charts', () => {
    const { cells, measured } = reportOf({ cells: [cold, etcd, warm] });
    expect(cells.map(({ factors }) => [factors.get('env'), factors.get('boot')])).toEqual([
      ['docker', undefined],
      ['vm', 'warm'],
      ['vm', 'cold'],
    ]);
    expect(cells.map(({ label }) => label.split(', ').at(-1))).toEqual([
      '4 clients',
      'warm boot',
      'cold boot',
    ]);
    const charts = pageCharts(reportOf({ cells: [cold, etcd, warm] }));
    expect(charts[0]?.series.map(({ name }) => name)).toEqual(['docker', 'vm, warm boot', 'vm, cold boot']);
    expect(measured).toContain(
      'Machines were woken from a prepared one (warm), or booted from nothing (cold).',
    );
    const run = runOf({ cells: [cold, etcd, warm] });
    expect(summarizeCells(run.manifest.plan, run.records).map(({ factors }) => factors.boot)).toEqual([
      undefined,
      'warm',
      'cold',
    ]);
  });

  it('is a column where it is compared, and said once where it is not', () => {
    expect(summaryOf({ cells: [etcd, warm, cold] })).toMatch(/ env +boot +/);
    expect(summaryOf({ cells: [etcd, warm, cold] })).toMatch(/docker +— +/);
    expect(summaryOf({ cells: [etcd, warm] })).toMatch(/ env +workload[^]*the same in all cells: boot warm;/);
    expect(pageOf({ cells: [etcd, warm, cold] })).toContain('<th>boot</th>');
    expect(pageOf({ cells: [etcd, warm] })).toMatch(/The same in all cells:\s+boot warm;/);
    expect(summaryOf({ cells: [etcd] })).not.toContain('boot');
  });

  it('is told with medians and the slowest, by mode and number of machines', () => {
    const records = {
      t0001: { boots: [booted('store', 2000), booted('replica-1', 2400)] },
      t0002: { boots: [booted('store', 2200), booted('replica-1', 9000)] },
    };
    const { boots } = reportOf({ cells: [cold], trials: 2, records });
    expect(boots).toEqual([
      {
        ...{ env: 'vm', boot: 'cold', machines: 2, booted: 4, retried: 0 },
        events: [
          { name: 'kernel', medianMs: 500, maxMs: 500 },
          { name: 'ready', medianMs: 2300, maxMs: 9000 },
        ],
      },
    ]);
    expect(summaryOf({ cells: [cold], trials: 2, records })).toContain(
      'vm, cold boot, 2 machines at once (4 in all): kernel 500 ms (500 ms) → ready 2.3 s (9.0 s)',
    );
    expect(pageOf({ cells: [cold], trials: 2, records })).toContain(
      'kernel 500 ms (500 ms) → ready 2.3 s (9.0 s)',
    );
  });

  it('leaves a machine that had to be booted again in sight, even in a trial that failed later', () => {
    const boots = [booted('store', 2000, ['Kernel panic']), booted('replica-1', 2000)];
    const records = { t0002: { boots, status: 'failed', cause: killed, verification: null } } as const;
    const { warnings } = reportOf({ cells: [cold], records });
    expect(warnings).toContainEqual(
      expect.objectContaining({
        code: 'boot-retried',
        message:
          '1 machine did not come up at the first attempt: t0002: store was booted again after Kernel panic',
      }),
    );
    expect(summaryOf({ cells: [cold], records })).toContain('(2 in all, 1 booted again)');
    expect(reportOf({ cells: [cold] }).warnings.map(({ code }) => code)).not.toContain('boot-retried');
  });

  it.each([80, 110])('fits %i columns', (columns) => {
    const boots = ['store', 'replica-1'].map((node) => booted(node, 2000, ['no answer']));
    const shape = { cells: [etcd, warm, cold], manifest: ranUnder(tcg), records: { t0002: { boots } } };
    const wide = summaryOf(shape, columns)
      .split('\n')
      .filter((line) => line.length > columns);
    expect(wide).toEqual([]);
  });

  it('is asked for again by the command that repeats a doubtful cell', () => {
    const unknown = { verification: { correct: null, statement: '', problems: [], facts: {} } };
    const { manifest, records, runDir } = runOf({ cells: [cold], records: { t0001: unknown } });
    expect(nextCommand(manifest, records, runDir).command).toContain(
      '--env vm --workload onset --replicas 1',
    );
    expect(nextCommand(manifest, records, runDir).command).toContain('--boot cold');
  });
});

describe('more machines than processors', () => {
  const contended = (cells: readonly Cell[]) =>
    reportOf({ cells }).warnings.filter(({ code }) => code === 'cpu-contention');

  it('are a warning of their own beside that of containers', () => {
    const large = { replicas: 3 };
    const note = '4 machines on 2 processors: contention for the CPU is part of what is measured';
    expect(contended([{ ...warm, ...large }]).map(({ message }) => message)).toEqual([note]);
    expect(
      contended([
        { ...warm, ...large },
        { ...etcd, ...large },
      ]).map(({ message }) => message),
    ).toEqual([note, expect.stringMatching(/^up to 4 nodes and the load generator shared 2 cores/)]);
  });

  it('are said once, though the plan had said it already', () => {
    const cells = [{ ...warm, replicas: 3 }];
    const { manifest, records, runDir } = runOf({ cells });
    const notes = contended(cells);
    const stored = {
      path: runDir,
      noise: [],
      warnings: [],
      trialsBytes: 0,
      stopping: [],
      stoppingBytes: 0,
      noiseBytes: 0,
    };
    const { model } = concludeRun(
      { ...stored, manifest, trials: records },
      { interrupted: null, notes, isStrict: false },
    );
    expect(model.warnings.filter(({ code }) => code === 'cpu-contention')).toEqual(notes);
    const odd = { code: 'odd', message: 'odd', advice: 'none' };
    const other = concludeRun(
      { ...stored, manifest, trials: records },
      {
        interrupted: null,
        notes: [odd],
        isStrict: false,
      },
    );
    expect(other.model.warnings).toContainEqual(odd);
  });
});
