/** Keys of an experiment and their flags: looking things up in the table beside this file. */
import { experimentFlags, type ExperimentFlag } from './flag-table.ts';

export type ExperimentKey = (typeof experimentFlags)[number]['key'];

export const experimentKeys: readonly ExperimentKey[] = experimentFlags.map((flag) => flag.key);

const byKey = new Map<string, ExperimentFlag>(experimentFlags.map((flag) => [flag.key, flag]));

export function flagOf(key: ExperimentKey): ExperimentFlag {
  const flag = byKey.get(key);
  if (flag === undefined) throw new TypeError(`no flag for the key ${key}`);
  return flag;
}

export function isExperimentKey(word: string): word is ExperimentKey {
  return byKey.has(word);
}
