/**
 * From sources to one experiment. A flag goes before a variable, a variable before the file, the file before a
 * profile or paper, that before the defaults. All problems of all sources are reported in one error.
 */
import { randomInt } from 'node:crypto';
import type { SharedMemoryKind } from '../foundation/cell.ts';
import { contradictions } from './contradictions.ts';
import { experimentSchema, type ExperimentValues } from './experiment-schema.ts';
import type { Experiment } from './experiment.ts';
import { experimentKeys, type ExperimentKey } from './flags.ts';
import { flagLayer, presetLayer, variableLayer } from './layers.ts';
import { isAskedFor, type GivenValue, type Layer, type Origin } from './layer.ts';
import type { MysqlSweep } from './mysql-cells.ts';
import { paperNames, profileNames } from './names.ts';
import { placedLimits } from './node-limits.ts';
import { defaults, papers, profiles } from './presets.ts';
import { throwIfAny, type Problem } from './problems.ts';
import { problemOf } from './reasons.ts';
import { repetitionOf } from './repetition.ts';
import { placedHypotheses } from './hypotheses/placed.ts';
import { fileLayer, type ExperimentFile } from './yaml-file.ts';

export interface ExperimentSources {
  /** By commander's attribute name; see `pickExperimentFlags`. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file?: ExperimentFile;
  /** The seed when none is given. Drawn anew unless told. */
  readonly freshSeed?: number;
}

/**
 * @throws StrataError STRATA-E20x, E221 with every problem and its place; nothing else, whatever the sources hold.
 */
export function resolveExperiment(sources: ExperimentSources): Experiment {
  const written = [flagLayer(sources.flags), variableLayer(sources.environment)];
  if (sources.file !== undefined) written.push(fileLayer(sources.file));
  const freshSeed = presetLayer({ seed: sources.freshSeed ?? randomInt(2 ** 32) }, random);
  const given = merge([...written, ...presetsOf(written), presetLayer(defaults, byDefault), freshSeed]);
  const checked = check(given);
  throwIfAny([...written.flatMap((layer) => layer.problems), ...checked.problems]);
  const assembled = withLimits(assemble(checked.values, originsOf(given)), given.get('limits'));
  const experiment = withHypotheses(assembled, given.get('hypotheses'));
  throwIfAny(contradictions(experiment, given));
  return experiment;
}

const byDefault: Origin = { source: 'default', place: 'default' };
const random: Origin = { source: 'random', place: 'random' };

/** For every key the value of the first layer that has it. */
function merge(layers: readonly Layer[]): Map<ExperimentKey, GivenValue> {
  const given = new Map<ExperimentKey, GivenValue>();
  for (const key of experimentKeys) {
    const value = layers.map((layer) => layer.values.get(key)).find((found) => found !== undefined);
    if (value !== undefined) given.set(key, value);
  }
  return given;
}

/** The paper and the profile that were asked for. A name that is none is the schema's to refuse. */
function presetsOf(written: readonly Layer[]): Layer[] {
  const asked = merge(written);
  const paper = paperNames.find((name) => name === asked.get('paper')?.value);
  const profile = profileNames.find((name) => name === asked.get('profile')?.value);
  return [
    ...(paper === undefined
      ? []
      : [presetLayer(papers[paper], { source: 'paper', place: `paper ${paper}` })]),
    ...(profile === undefined
      ? []
      : [presetLayer(profiles[profile], { source: 'profile', place: `profile ${profile}` })]),
  ];
}

interface Checked {
  readonly values: ExperimentValues;
  readonly problems: readonly Problem[];
}

function check(given: ReadonlyMap<ExperimentKey, GivenValue>): Checked {
  const raw = Object.fromEntries([...given].map(([key, { value }]) => [key, value]));
  const result = experimentSchema.safeParse(raw);
  if (result.success) return { values: result.data, problems: [] };
  const problems = result.error.issues.flatMap((issue) => {
    const key = experimentKeys.find((known) => known === issue.path[0]);
    const value = key === undefined ? undefined : given.get(key);
    return key === undefined || value === undefined ? [] : [problemOf(key, issue, value)];
  });
  return { values: {}, problems };
}

function originsOf(given: ReadonlyMap<ExperimentKey, GivenValue>): Experiment['origins'] {
  return Object.fromEntries([...given].map(([key, { origin }]) => [key, origin]));
}

function assemble(values: ExperimentValues, origins: Experiment['origins']): Experiment {
  const rate = values.rate ?? null;
  return {
    name: nameOf(values, origins),
    env: need(values, 'env'),
    boot: need(values, 'boot'),
    workload: need(values, 'workload'),
    replicas: ascending(need(values, 'replicas')),
    clients: ascending(need(values, 'clients')),
    store: need(values, 'store'),
    mysql: sweepOf(values, origins),
    sharedMemory: sharedMemoryOf(values),
    load: rate === null ? { kind: 'closed' } : { kind: 'open', ratePerS: rate },
    balance: need(values, 'balance'),
    mix: need(values, 'mix'),
    requests: need(values, 'requests'),
    warmupRequests: need(values, 'warmupRequests'),
    requestTimeoutMs: need(values, 'requestTimeout'),
    limits: need(values, 'limits'),
    aa: need(values, 'aa'),
    faults: need(values, 'fault'),
    ...repetitionOf({
      trials: need(values, 'trials'),
      precision: need(values, 'precision'),
      maxTrials: need(values, 'maxTrials'),
    }),
    seed: need(values, 'seed'),
    thresholds: need(values, 'thresholds'),
    hypotheses: need(values, 'hypotheses'),
    retries: need(values, 'retries'),
    profile: values.profile ?? null,
    paper: values.paper ?? null,
    origins,
  };
}

/** What was asked for, else the embedded store where it can serve. Without ONSET there is none. */
function sharedMemoryOf(values: ExperimentValues): SharedMemoryKind {
  if (need(values, 'workload').every((name) => name === 'mysql')) return 'none';
  const isEmbeddable =
    need(values, 'env').every((name) => name === 'process') &&
    need(values, 'store').every((medium) => medium === 'ram') &&
    need(values, 'fault').every((fault) => fault.kind !== 'kill-store');
  return values.sharedMemory ?? (isEmbeddable ? 'embedded' : 'etcd');
}

function sweepOf(values: ExperimentValues, origins: Experiment['origins']): MysqlSweep {
  const rates = ascending(need(values, 'insertsPerMinute'));
  return {
    engine: need(values, 'engine'),
    insertsPerMinute: [...rates.filter((rate) => rate > 0), ...rates.filter((rate) => rate === 0)],
    aggregation: ascending(need(values, 'aggregation')),
    stringLength: ascending(need(values, 'stringLength')),
    durability: need(values, 'durability'),
    mode: need(values, 'mode'),
    delivery: need(values, 'delivery'),
    nameResolution: need(values, 'nameResolution').map((word) => word === 'on'),
    onPeerLoss: need(values, 'onPeerLoss'),
    isEvenlyLooped: !isAskedFor(origins.clients),
  };
}

/** An experiment that differs from the default one does not bear its name. */
function nameOf(values: ExperimentValues, origins: Experiment['origins']): string {
  const isVaried = Object.entries(origins).some(
    ([key, { source }]) => key !== 'seed' && source !== 'default' && source !== 'random',
  );
  return origins.name?.source === 'default' && isVaried ? 'bench' : need(values, 'name');
}

/** Every key but profile, paper and sharedMemory has a default; one without would be a bug in presets.ts. */
function need<Key extends ExperimentKey>(
  values: ExperimentValues,
  key: Key,
): NonNullable<ExperimentValues[Key]> {
  const value = values[key];
  if (value === undefined) throw new TypeError(`the key ${key} has no default`);
  return value;
}

function ascending(counts: readonly number[]): number[] {
  return [...counts].sort((a, b) => a - b);
}

/** In their order, each knowing where it was written. */
function withLimits(experiment: Experiment, given: GivenValue | undefined): Experiment {
  if (given === undefined) return experiment;
  const { limits, items } = placedLimits(experiment.limits, given);
  const origins = { ...experiment.origins, limits: { ...given.origin, items } };
  return { ...experiment, limits, origins };
}

function withHypotheses(experiment: Experiment, given: GivenValue | undefined): Experiment {
  if (given === undefined) return experiment;
  const items = placedHypotheses(experiment.hypotheses, given);
  return { ...experiment, origins: { ...experiment.origins, hypotheses: { ...given.origin, items } } };
}
