/** The environments of this version, by name. */
import type { EnvironmentName } from '../harness/foundation/cell.ts';
import { StrataError } from '../harness/foundation/errors.ts';
import { createDockerEnvironment } from './docker/docker-environment.ts';
import type { Environment } from './environment.ts';
import { createProcessEnvironment } from './process/process-environment.ts';

const factories: Partial<Record<EnvironmentName, () => Environment>> = {
  process: () => createProcessEnvironment(),
  docker: () => createDockerEnvironment(),
};

/** Names that {@link environmentFor} takes. */
export const availableEnvironments = Object.keys(factories) as readonly EnvironmentName[];

/** Throws E304 for an environment that is named in the design but not built yet. */
export function environmentFor(name: EnvironmentName): Environment {
  const factory = factories[name];
  if (factory !== undefined) return factory();
  throw new StrataError({
    code: 'STRATA-E304',
    message: `the environment ${name} is not part of this version`,
    fix: `take one of: ${availableEnvironments.join(', ')}`,
  });
}
