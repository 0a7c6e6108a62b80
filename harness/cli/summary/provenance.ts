/** What somebody needs to repeat a run or to doubt it. Pure. */
import { bytes, counted } from '../../../analysis/report/numbers.ts';
import type { Manifest } from '../../../results/store/records.ts';

/** Facts somebody needs to repeat the run or to doubt it. */
export function provenance(manifest: Manifest): readonly (readonly [string, string])[] {
  const { host } = manifest;
  const environmentFacts = Object.entries(manifest.environments).flatMap(([name, facts]) =>
    Object.entries(facts).map(([fact, value]) => [`${name}: ${fact}`, String(value)] as const),
  );
  return [
    ['run', manifest.runId],
    ['started', manifest.startedAtIso],
    ...(manifest.resumedAtIso.length === 0 ? [] : [['resumed', manifest.resumedAtIso.join(', ')] as const]),
    ['command', ['strata', ...manifest.argv].join(' ')],
    ['strata', `${manifest.strataVersion}, commit ${manifest.commit ?? 'unknown'}`],
    ['plan', `${counted(manifest.plan.length, 'trial')}, seed ${manifest.seed}`],
    ['plan hash', manifest.planHash],
    [
      'host',
      `${host.hostname}, ${host.cpuModel}, ${counted(host.cpuCount, 'core')}, ${bytes(host.memoryBytes)}`,
    ],
    [
      'system',
      `Linux ${host.kernel}, cgroup v${host.cgroupVersion ?? ' unknown'}, clock ${host.clockSource ?? 'unknown'}`,
    ],
    ['Node.js', host.nodeVersion],
    ...environmentFacts,
  ];
}
