/** Names that an experiment may use beside those of cells, and which are promised for a later version. */
import { environmentNames, type EnvironmentName } from '../foundation/cell.ts';

export const profileNames = ['smoke', 'quick', 'standard', 'full'] as const;
export const paperNames = ['onset', 'containers-vs-vms'] as const;

export type ProfileName = (typeof profileNames)[number];
export type PaperName = (typeof paperNames)[number];

const withMachines: ReadonlySet<EnvironmentName> = new Set(['docker-vm', 'vm']);

/** Environments whose nodes are virtual machines or live in one: their cells have a boot mode. */
export const machineEnvironments = environmentNames.filter(hasMachines);

export function hasMachines(name: EnvironmentName): boolean {
  return withMachines.has(name);
}

/** By key: words that are right, but not yet. */
export const laterNames: Readonly<Record<string, readonly string[]>> = {
  workload: ['remus'],
  paper: ['remus'],
};
