/** Which names this version runs, and which are promised for a later one: both deserve an answer of their own. */
import { environmentNames, type EnvironmentName } from '../foundation/cell.ts';

export const runnableEnvironments = ['process', 'docker'] as const satisfies readonly EnvironmentName[];
export const profileNames = ['smoke', 'quick', 'standard', 'full'] as const;
export const paperNames = ['onset'] as const;

export type ProfileName = (typeof profileNames)[number];
export type PaperName = (typeof paperNames)[number];

const laterEnvironments = environmentNames.filter(
  (name) => !runnableEnvironments.some((runs) => runs === name),
);

/** By key: words that are right, but not yet. */
export const laterNames: Readonly<Record<string, readonly string[]>> = {
  env: laterEnvironments,
  workload: ['mysql', 'remus'],
  paper: ['containers-vs-vms', 'remus'],
};
