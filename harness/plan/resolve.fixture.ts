/** Shorthand for tests: experiments from flags or file text with a fixed seed, and the refusal of a wrong one. */
import { StrataError } from '../foundation/errors.ts';
import type { Experiment } from './experiment.ts';
import { resolveExperiment } from './resolve.ts';

export function fromFlags(flags: Readonly<Record<string, unknown>>): Experiment {
  return resolveExperiment({ flags, environment: {}, freshSeed: 7 });
}

export function fromFile(text: string, path = 'x.yaml'): Experiment {
  return resolveExperiment({ flags: {}, environment: {}, file: { path, text }, freshSeed: 7 });
}

/** The StrataError that `work` throws; any other outcome fails the test. */
export function refusalOf(work: () => unknown): StrataError {
  try {
    work();
  } catch (error) {
    if (error instanceof StrataError) return error;
    throw error;
  }
  throw new Error('expected a refusal, and there was none');
}

/** As a user sees it. */
export function refusalText(work: () => unknown): string {
  const { code, message, fix } = refusalOf(work);
  return `${code} ${message}\n${fix}`;
}
