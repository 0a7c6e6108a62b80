/** One source of values: the command line, the variables, a file, or a preset. */
import { closest } from './did-you-mean.ts';
import { experimentKeys, flagOf, type ExperimentKey } from './flags.ts';
import { planCodes, shown, type Problem } from './problems.ts';

export const originSources = ['flag', 'variable', 'file', 'paper', 'profile', 'default', 'random'] as const;

/** Where a value came from, in words that an error can use. */
export interface Origin {
  readonly source: (typeof originSources)[number];
  /** `--replicas`, `STRATA_REPLICAS`, `sweep.yaml:7:3`, `profile smoke`. */
  readonly place: string;
  /** Where each value of a factor was written, in the experiment's order; only of factors whose values have parts. */
  readonly items?: readonly ItemOrigin[];
}

/** Whether somebody wrote the value, rather than a preset or the defaults. */
export function isAskedFor(origin: Origin | undefined): boolean {
  const source = origin?.source;
  return source === 'flag' || source === 'variable' || source === 'file';
}

export interface ItemOrigin {
  /** As messages name it: `limits[1]`, or `limits` where it is the only one. */
  readonly subject: string;
  /** Of each part; the empty name is the whole. */
  readonly places: Readonly<Record<string, string>>;
}

export type ValuePath = readonly PropertyKey[];

export interface GivenValue {
  readonly value: unknown;
  readonly origin: Origin;
  /** Place of a part of the value; the whole value's place when the source cannot tell them apart. */
  readonly placeOf: (path: ValuePath) => string;
}

export interface Layer {
  readonly values: ReadonlyMap<ExperimentKey, GivenValue>;
  readonly problems: readonly Problem[];
}

/** Words people use for the keys, beyond misspellings of them. */
const otherWords: Readonly<Record<string, ExperimentKey>> = {
  environment: 'env',
  environments: 'env',
  workloads: 'workload',
  replica: 'replicas',
  client: 'clients',
  connections: 'clients',
  storage: 'store',
  faults: 'fault',
  threshold: 'thresholds',
  hypothesis: 'hypotheses',
  claims: 'hypotheses',
  timeout: 'requestTimeout',
  warmup: 'warmupRequests',
  repetitions: 'trials',
  runs: 'trials',
  database: 'engine',
  inserts: 'insertsPerMinute',
  batch: 'aggregation',
  batchSize: 'aggregation',
  peerLoss: 'onPeerLoss',
  memory: 'limits',
  cpus: 'limits',
};

/** The key most probably meant by a word that is none. */
export function meantKey(word: string): ExperimentKey | undefined {
  const near = closest(word, [...experimentKeys, ...Object.keys(otherWords)]);
  if (near === undefined) return undefined;
  return experimentKeys.find((key) => key === near) ?? otherWords[near];
}

/** `spell` writes a key the way this source does. */
export function unknownKeyProblem(
  place: string,
  given: { readonly kind: 'key' | 'variable' | 'flag'; readonly word: string },
  spell: (key: ExperimentKey) => string,
): Problem {
  const meant = meantKey(given.kind === 'variable' ? given.word.replace(/^STRATA_/, '') : given.word);
  const all = experimentKeys.map(spell).join(', ');
  return {
    code: planCodes.unknownKey,
    place,
    message: `unknown ${given.kind} ${shown(given.word)}`,
    fix:
      meant === undefined
        ? `Allowed: ${all}.`
        : `Did you mean ${spell(meant)}? Example: ${exampleOf(meant, spell)}`,
  };
}

function exampleOf(key: ExperimentKey, spell: (key: ExperimentKey) => string): string {
  const name = spell(key);
  const { example } = flagOf(key);
  if (name.startsWith('--')) return `${name} '${example}'`;
  return name.startsWith('STRATA_') ? `${name}='${example}'` : `${name}: ${example}`;
}
