/** The environments, by name. */
import type { EnvironmentName } from '../harness/foundation/cell.ts';
import { createDockerVmEnvironment } from './docker-vm/docker-vm-environment.ts';
import { createDockerEnvironment } from './docker/docker-environment.ts';
import type { Environment } from './environment.ts';
import { createProcessEnvironment } from './process/process-environment.ts';
import { createVmEnvironment } from './vm/vm-environment.ts';

const factories: Readonly<Record<EnvironmentName, () => Environment>> = {
  process: createProcessEnvironment,
  docker: createDockerEnvironment,
  'docker-vm': createDockerVmEnvironment,
  vm: createVmEnvironment,
};

export function environmentFor(name: EnvironmentName): Environment {
  return factories[name]();
}
