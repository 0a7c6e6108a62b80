/**
 * Whether figures of several runs may stand beside each other: one set of rules for every command that puts runs
 * together. Says what makes them unlike and what merely may matter; the consequence is the command's. Pure.
 */
import { acceleratorOf } from '../../results/store/accelerator.ts';
import type { Manifest } from '../../results/store/records.ts';
import { bytes } from '../report/numbers.ts';
import { runLetter } from './run-letter.ts';

/** What can be allowed by name. */
export const allowances = ['accelerator', 'host', 'schema', 'dirty'] as const;
export type Allowance = (typeof allowances)[number];

export interface Unlike {
  readonly kind: Allowance;
  /** "host: cores 2 in A, 8 in B". */
  readonly text: string;
}

export type Side = Pick<Manifest, 'host' | 'environments' | 'commit' | 'schemaVersion'>;

/** Everything that speaks against comparing, in the order of {@link allowances}. Runs are called A, B, C … */
export function unlikenesses(runs: readonly Side[]): readonly Unlike[] {
  const differing = facts.flatMap(({ kind, name, of }) =>
    differences(runs.map(of)).map((text) => ({ kind, text: `${name} ${text}` })),
  );
  return [...differing, ...dirtyTrees(runs)];
}

/** What need not matter and somebody should know. */
export function remarksOn(runs: readonly Side[]): readonly string[] {
  const commits = differences(runs.map(({ commit }) => commit ?? 'unknown'));
  const versions = differences(runs.map(({ host }) => host.nodeVersion));
  const isOneBoot = new Set(runs.map(({ host }) => host.bootId)).size <= 1;
  return [
    ...commits.map((text) => `strata itself differs: commit ${text}.`),
    ...(isOneBoot ? [] : ['The machine was booted anew between the runs.']),
    ...versions.map((text) => `Node.js ${text}.`),
    'The runs met the machine at different times: what it did besides is in the difference, too. Cells of one run, interleaved in blocks, compare better.',
  ];
}

interface Fact {
  readonly kind: Allowance;
  readonly name: string;
  /** null where the run has no such thing. */
  readonly of: (run: Side) => string | null;
}

const facts: readonly Fact[] = [
  { kind: 'accelerator', name: 'accelerator:', of: acceleratorWords },
  { kind: 'host', name: 'host: name', of: ({ host }) => host.hostname },
  { kind: 'host', name: 'host: CPU', of: ({ host }) => host.cpuModel },
  { kind: 'host', name: 'host: cores', of: ({ host }) => String(host.cpuCount) },
  // Rounded: what a kernel keeps for itself varies a little from boot to boot.
  { kind: 'host', name: 'host: memory', of: ({ host }) => bytes(host.memoryBytes) },
  { kind: 'host', name: 'host: kernel', of: ({ host }) => host.kernel },
  { kind: 'schema', name: 'schema: version', of: ({ schemaVersion }) => String(schemaVersion) },
];

/** null for a run that opened no machine: cells with machines have no partner in it. */
function acceleratorWords(run: Side): string | null {
  const accelerator = acceleratorOf(run);
  return accelerator === null ? null : `${accelerator.kind} (${accelerator.cpuModel})`;
}

/** `2 in A and C, 8 in B`; empty where all runs that have a value have the same. */
function differences(values: readonly (string | null)[]): readonly string[] {
  const letters = new Map<string, string[]>();
  for (const [index, value] of values.entries())
    if (value !== null) letters.set(value, [...(letters.get(value) ?? []), runLetter(index)]);
  if (letters.size < 2) return [];
  return [[...letters].map(([value, runs]) => `${value} in ${runs.join(' and ')}`).join(', ')];
}

function dirtyTrees(runs: readonly Side[]): Unlike[] {
  return runs.flatMap(({ commit }, index) => {
    if (commit?.endsWith('-dirty') !== true) return [];
    const text = `dirty: ${runLetter(index)} was made with uncommitted changes (${commit}), which nobody can get back`;
    return [{ kind: 'dirty' as const, text }];
  });
}
