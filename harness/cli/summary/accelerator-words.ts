/** Who executed the guests' instructions, in the words that must stand before any figure of a machine. Pure. */
import type { AcceleratorRow } from '../../../analysis/report/report-model.ts';
import { acceleratorOf, type AcceleratorFacts } from '../../../results/store/accelerator.ts';
import type { Manifest } from '../../../results/store/records.ts';
import { environmentNames } from '../../foundation/cell.ts';
import { hasMachines } from '../../plan/names.ts';

const statements: Readonly<Record<string, string>> = {
  tcg: 'software emulation (TCG): absolute times are not those of hardware virtualization',
  kvm: 'hardware virtualization (KVM)',
};

/** Before the environment was opened nobody knows, and a report must not look as if there was nothing to know. */
const notOpened: AcceleratorFacts = {
  kind: 'unknown',
  cpuModel: 'unknown',
  reason: 'no machine was started',
};

/** null for a run without machines. */
export function acceleratorRow(manifest: Manifest): AcceleratorRow | null {
  const planned = new Set(manifest.plan.map(({ cell }) => cell.env));
  const environments = environmentNames.filter((name) => hasMachines(name) && planned.has(name));
  if (environments.length === 0) return null;
  const facts = acceleratorOf(manifest) ?? notOpened;
  const statement = statements[facts.kind] ?? `accelerator ${facts.kind}`;
  return { ...facts, environments, statement, isHardware: facts.kind === 'kvm' };
}
