import { describe, expect, it } from 'vitest';
import { checkPlan } from './check.ts';
import { expandPlan } from './expand.ts';
import { fromFile, fromFlags, refusalOf, refusalText } from './resolve.fixture.ts';

const machine = { memoryBytes: 24 * 2 ** 30, cpuCount: 2 };
const accept = () => [];

function checked(flags: Readonly<Record<string, unknown>>) {
  return checkPlan(expandPlan(fromFlags(flags)), machine, accept);
}

describe('a possible plan', () => {
  it('passes without a word', () => {
    expect(checked({ profile: 'full' })).toEqual([]);
    expect(checked({ env: 'docker', limits: 'cpus=2,memory=1536MiB', replicas: '1-15x2' })).toEqual([]);
  });

  it('may kill f replicas', () => {
    const notes = checked({
      replicas: '5',
      fault: 'kill-replica@1s,kill-replica@2s',
      rate: '100',
      requests: 400,
    });
    expect(notes).toEqual([]);
  });
});

describe('an impossible plan', () => {
  it('needs more memory than there is, with the numbers', () => {
    expect(refusalText(() => checked({ env: 'docker', limits: 'memory=2GiB', replicas: '1-15x2' }))).toBe(
      `STRATA-E223 --limits: limits.memory: 15 replicas + 1 store at 2 GiB each need 32 GiB; this machine has 24 GiB
Allowed for 15 replicas here: at most 1.5 GiB a node; or fewer replicas.`,
    );
  });

  it('needs more processors than there are', () => {
    expect(refusalText(() => checked({ env: 'docker', limits: 'cpus=3' }))).toMatch(
      /^STRATA-E224 --limits: limits.cpus: 3 for one node; this machine has 2\n/,
    );
  });

  it('is told for each limits value, with its place in the file', () => {
    const text =
      'env: docker\nlimits:\n  - cpus: 3\n    memory: 20GiB\n  - none\n  - { cpus: 2, memory: 7GiB }\n';
    const message = (replicas: string) =>
      refusalOf(() => checkPlan(expandPlan(fromFile(`${text}replicas: ${replicas}`)), machine, accept))
        .message;
    expect(message('1,3').split('\n').slice(1)).toEqual([
      '  x.yaml:6:24: limits[2].memory: 3 replicas + 1 store at 7 GiB each need 28 GiB; this machine has 24 GiB. Allowed for 3 replicas here: at most 6 GiB a node; or fewer replicas.',
      '  x.yaml:4:13: limits[0].memory: 3 replicas + 1 store at 20 GiB each need 80 GiB; this machine has 24 GiB. Allowed for 3 replicas here: at most 6 GiB a node; or fewer replicas.',
      '  x.yaml:3:11: limits[0].cpus: 3 for one node; this machine has 2. Allowed: at most 2.',
    ]);
    expect(message('1')).not.toContain('limits[2]');
  });

  it('has one limits value without a list: its own place, no position', () => {
    const plan = expandPlan(fromFile('limits: { memory: 1GiB,\n  cpus: 3 }'));
    expect(refusalText(() => checkPlan(plan, machine, accept))).toMatch(
      /^STRATA-E224 x\.yaml:2:9: limits\.cpus: 3/,
    );
  });

  it('kills replicas that do not exist', () => {
    const plan = expandPlan(fromFile('replicas: 1,3\nfault: [kill-replica@1s, kill-replica@2s]'));
    expect(refusalText(() => checkPlan(plan, machine, accept))).toMatch(
      /^STRATA-E225 x\.yaml:2:8: fault: 2 replicas are to be out at one time, and replicas contains 1 \(x\.yaml:1:11\)/,
    );
  });

  it('kills a database that is still away, but not one that is back', () => {
    const faults = (second: string) => ({
      ...inserter,
      replicas: '1',
      fault: ['kill-database@1s+2s', second],
    });
    const inserter = { workload: 'mysql', onPeerLoss: 'retry', insertsPerMinute: '600', requests: '500' };
    expect(refusalOf(() => checked(faults('kill-database@2s+1s'))).message).toMatch(
      /^--fault: fault: 2 replicas/,
    );
    expect(checked(faults('kill-database@3s+1s'))).toEqual([]);
  });

  it('has a fault after the end of the load, in an open loop', () => {
    const flags = { rate: '100', requests: '100', clients: '1,4', fault: 'kill-replica@2s' };
    expect(refusalText(() => checked(flags))).toMatch(
      /^STRATA-E225 --fault: .* with 1 clients: 100 requests at 100\/s are sent in 1s\nAllowed: times before 1s/,
    );
  });

  it('has a fault after the end of the slowest closed loop', () => {
    const flags = { requests: '2', requestTimeout: '1s', fault: 'kill-store@1h' };
    expect(refusalOf(() => checked(flags)).message).toMatch(/2 requests a client end after 2s/);
  });

  it('is told once for each wrong value, not once for each cell', () => {
    const plan = expandPlan(fromFlags({ replicas: '2,3,4', clients: '1-64*2' }));
    const check = () =>
      checkPlan(plan, machine, ({ replicas }) =>
        replicas % 2 === 1 ? [] : [{ key: 'replicas', given: String(replicas), allowed: 'odd numbers' }],
      );
    expect(refusalOf(check).message.split('\n')).toHaveLength(3);
  });

  it('names a key of the workload that is none of ours', () => {
    const plan = expandPlan(fromFlags({}));
    const check = () => checkPlan(plan, machine, () => [{ key: 'operations', given: 'x', allowed: 'y' }]);
    expect(refusalOf(check).code).toBe('STRATA-E222');
  });
});

describe('an odd plan goes on with a note', () => {
  it('when more than f replicas are killed', () => {
    const [note] = checked({ replicas: '1,3,5', fault: 'kill-replica@1s', rate: '100', requests: 400 });
    expect(note).toMatchObject({
      code: 'stalls-by-design',
      message: '1 killed of 1 (f = 0) replicas: more than f, so these trials will stall by design',
    });
  });

  it('when the store is killed, or the loop may end before the fault', () => {
    expect(checked({ fault: 'kill-store@1s' }).map((note) => note.code)).toEqual([
      'stalls-by-design',
      'fault-may-come-late',
    ]);
  });
});
