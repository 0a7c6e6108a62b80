/** How a flag of the experiment is called where it is given: commander's attribute, the environment's variable. */
import { experimentFlags, type ExperimentFlag } from './flag-table.ts';

/** The name under which commander hands out the value: `shared-memory` → `sharedMemory`. */
export function attributeOf(flag: ExperimentFlag): string {
  return flag.flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `shared-memory` → `STRATA_SHARED_MEMORY`. */
export function variableOf(flag: ExperimentFlag): string {
  return `STRATA_${flag.flag.toUpperCase().replaceAll('-', '_')}`;
}

/** Of everything commander parsed, what {@link resolveExperiment} wants: the experiment's flags that were given. */
export function pickExperimentFlags(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const attributes = experimentFlags.map(attributeOf).filter((name) => options[name] !== undefined);
  return Object.fromEntries(attributes.map((name) => [name, options[name]]));
}
