/** Everything of a run's machines that exists outside the harness, as an outsider finds it. For tests and `clean`. */
import { listLinks } from '../network/leftovers.ts';
import { leasedPorts } from '../process/port-leases.ts';
import { machineRemnants } from './machine-run.ts';

export async function allMachineRemnants(runId: string): Promise<string[]> {
  const links = await listLinks(runId);
  const leases = await leasedPorts(runId);
  return [
    ...(await machineRemnants(runId)),
    ...links.map(({ kind, name }) => `${kind} ${name}`),
    ...leases.map((name) => `port-lease ${name}`),
  ];
}
