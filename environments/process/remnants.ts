/** What of a run exists on this machine at this moment, as an outsider would find it. For tests and `clean`. */
import path from 'node:path';
import { parseCgroupName, strataCgroups } from './cgroup-mounts.ts';
import { markedRunDirectories } from './directories.ts';
import { leasedPorts } from './port-leases.ts';
import { processTable } from './process-table.ts';

/** Processes, cgroups, directories (with what is in them) and port leases that carry the run id. */
export async function processRemnants(runId: string): Promise<string[]> {
  const rows = (await processTable()()).filter((row) => row.marks?.runId === runId && row.state !== 'Z');
  const groups = (await strataCgroups()).filter(
    (directory) => parseCgroupName(path.basename(directory)) === runId,
  );
  const directories = (await markedRunDirectories()).filter((found) => found.runId === runId);
  return [
    ...rows.map((row) => `process ${row.pid}`),
    ...groups.map((directory) => `cgroup ${directory}`),
    ...directories.map((found) => `directory ${found.directory}`),
    ...(await leasedPorts(runId)).map((name) => `port lease ${name}`),
  ];
}
