import { describe, expect, it } from 'vitest';
import { unlikenesses } from '../../../analysis/compare/comparability.ts';
import { joinReports } from '../../../analysis/report/joined-report.ts';
import { pageCharts } from '../../../analysis/report/page-sections.ts';
import { sampleReport } from '../../../analysis/report/report.fixture.ts';
import { sampleManifest } from '../../../results/store/records.fixture.ts';
import { acrossRuns } from './joined-runs.ts';

const manifest = sampleManifest(1);
const machines = (cpuModel: string) => {
  return { ...manifest, environments: { vm: { accelerator: 'tcg', cpuModel, acceleratorReason: 'none' } } };
};

describe('runs on one page', () => {
  const one = sampleReport();
  const other = sampleReport({ runId: 'other', verdict: { ...one.verdict, tone: 'bad' } });
  const dirty = acrossRuns([manifest, { ...manifest, commit: 'abc-dirty' }]);
  const joined = joinReports([one, other], dirty);

  it('keep all their cells and trials, none under the name of another', () => {
    expect(joined.cells).toHaveLength(2 * one.cells.length);
    expect(new Set(joined.cells.map(({ key }) => key)).size).toBe(joined.cells.length);
    expect(new Set(joined.trials.map(({ trialId }) => trialId)).size).toBe(joined.trials.length);
    const ids = pageCharts(joined).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are told apart in charts, and the worst verdict stands', () => {
    const throughput = pageCharts(joined).find(({ id }) => id === 'throughput-by-clients');
    expect(throughput?.series.map(({ name }) => name)).toContain('run A, process, 1 replica');
    expect(throughput?.series).toHaveLength(8);
    expect(joined.verdict.tone).toBe('bad');
  });

  it('are refused when host or accelerator differ, with all that differs and a way on', () => {
    const host = { ...manifest.host, cpuCount: 64, kernel: '6.2' };
    const elsewhere = { ...manifest, host, commit: 'abc-dirty' };
    const refusal = expect.objectContaining({
      code: 'STRATA-E259',
      message: expect.stringContaining(
        'host: cores 2 in A, 64 in B; host: kernel 6.1 in A, 6.2 in B',
      ) as string,
      fix: expect.stringContaining('--allow host,dirty ') as string,
    }) as Error;
    expect(() => acrossRuns([manifest, elsewhere])).toThrow(refusal);
    expect(() => acrossRuns([machines('slow'), machines('fast')])).toThrow(
      /tcg \(slow\) in A, tcg \(fast\) in B/,
    );
    expect(() => acrossRuns([machines('slow'), manifest])).not.toThrow();
  });

  it('are joined though trees were dirty or commits differ, and the page states it as compare does', () => {
    const [found] = unlikenesses([manifest, { ...manifest, commit: 'abc-dirty' }]);
    expect(joined.warnings[0]).toMatchObject({
      code: 'unlike-runs',
      message: expect.stringContaining(found?.text ?? 'nothing was found') as string,
    });
    expect(joined.methods.join(' ')).toContain('commit unknown in A, abc-dirty in B');
  });
});
