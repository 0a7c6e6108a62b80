/**
 * What every environment must do, as tests. An implementation's test file calls {@link describeEnvironmentContract}
 * with a factory and passes when it keeps the contract of `environment.ts`; a case that cannot apply to it is named
 * in the options with the reason, and shown as skipped.
 */
import { describe } from 'vitest';
import type { Environment } from './environment.ts';
import { contractBench, disk, fastestMedium, type ContractOptions } from './contract/bench.ts';
import { commandCases } from './contract/commands.cases.ts';
import { fileCases } from './contract/files.cases.ts';
import { lifecycleCases } from './contract/lifecycle.cases.ts';
import { networkCases } from './contract/network.cases.ts';
import { reapCases } from './contract/reap.cases.ts';
import { faultCases } from './contract/faults.cases.ts';

export type { ContractCase, ContractOptions } from './contract/bench.ts';

export function describeEnvironmentContract(
  name: string,
  makeEnvironment: () => Environment,
  options: ContractOptions,
): void {
  describe(`${name} keeps the environment contract`, () => {
    const bench = contractBench(makeEnvironment, options);
    describe('nodes that stay', () => {
      const node = bench.sharedNodes([disk('a'), { name: 'b', storage: fastestMedium(makeEnvironment()) }]);
      // First, because they look at directories nobody has used.
      describe('files', () => fileCases(bench, node));
      describe('commands', () => commandCases(bench, () => node('a')));
      describe('addresses and ports', () => networkCases(bench, node));
    });
    describe('kill, pause, stats', () => faultCases(bench));
    describe('lifecycle', () => lifecycleCases(bench));
    describe('reap', () => reapCases(bench));
  });
}
