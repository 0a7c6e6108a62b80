/** The command line and the variables as layers of values. Both carry text; neither knows what a value means. */
import { attributeOf, variableOf } from './flag-names.ts';
import { experimentFlags, type ExperimentFlag } from './flag-table.ts';
import { flagOf, isExperimentKey, type ExperimentKey } from './flags.ts';
import { meantKey, unknownKeyProblem, type GivenValue, type Layer, type Origin } from './layer.ts';
import type { Problem } from './problems.ts';

/**
 * Variables of strata that are not keys of an experiment. They are read elsewhere; here they must only not be taken
 * for misspellings.
 */
const otherVariables: ReadonlySet<string> = new Set([
  'STRATA_SIM_SEED',
  'STRATA_SIM_SEEDS',
  'STRATA_CONFIG',
  'STRATA_OUT',
  'STRATA_PROGRESS',
  'STRATA_CACHE',
  'STRATA_CACHE_DIR',
  'STRATA_RUN',
  'STRATA_RUN_ID',
  'STRATA_PACKAGE_LIST',
  'STRATA_NODE',
  'STRATA_NODES',
]);

/**
 * @param flags by commander's attribute name (`sharedMemory`); `undefined` means not given.
 */
export function flagLayer(flags: Readonly<Record<string, unknown>>): Layer {
  const values = new Map<ExperimentKey, GivenValue>();
  const problems: Problem[] = [];
  for (const [attribute, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    const flag = experimentFlags.find((known) => attributeOf(known) === attribute);
    if (flag === undefined) {
      const dashed = attribute.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      problems.push(unknownKeyProblem(`--${dashed}`, { kind: 'flag', word: attribute }, spellFlag));
    } else {
      values.set(flag.key, given(unrepeated(value), { source: 'flag', place: `--${flag.flag}` }));
    }
  }
  return { values, problems };
}

/** A repeatable flag given once holds one value: errors about it must not number it. */
function unrepeated(value: unknown): unknown {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.length === 1 && typeof items[0] === 'string' ? items[0] : value;
}

/** An empty variable counts as not set, as shells treat it. */
export function variableLayer(environment: Readonly<Record<string, string | undefined>>): Layer {
  const values = new Map<ExperimentKey, GivenValue>();
  const problems: Problem[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('STRATA_') || value === undefined || value === '') continue;
    const flag = experimentFlags.find((known) => variableOf(known) === variable);
    if (flag !== undefined) values.set(flag.key, given(value, { source: 'variable', place: variable }));
    else if (!otherVariables.has(variable) && meantKey(variable.slice('STRATA_'.length)) !== undefined) {
      problems.push(unknownKeyProblem(variable, { kind: 'variable', word: variable }, spellVariable));
    }
  }
  return { values, problems };
}

/** A preset or the defaults as a layer. */
export function presetLayer(preset: Readonly<Record<string, unknown>>, origin: Origin): Layer {
  const entries = Object.entries(preset).filter(([key]) => isExperimentKey(key));
  return {
    values: new Map(entries.map(([key, value]) => [key as ExperimentKey, given(value, origin)])),
    problems: [],
  };
}

function given(value: unknown, origin: Origin): GivenValue {
  return { value, origin, placeOf: () => origin.place };
}

function spellFlag(key: ExperimentKey): string {
  return `--${flagOf(key).flag}`;
}

function spellVariable(key: ExperimentKey): string {
  const flag: ExperimentFlag = flagOf(key);
  return variableOf(flag);
}
