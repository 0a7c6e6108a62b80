import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPlan, type Machine } from './check.ts';
import { expandPlan } from './expand.ts';
import { contentionNotes } from './machine-check.ts';
import { fromFile, fromFlags, refusalOf, refusalText } from './resolve.fixture.ts';

const GiB = 2 ** 30;
const machine: Machine = { memoryBytes: 24 * GiB, cpuCount: 2 };
type Flags = Readonly<Record<string, unknown>>;
const accept = () => [];
const checked = (flags: Flags, on: Machine = machine) => checkPlan(expandPlan(fromFlags(flags)), on, accept);

describe('machines that fit', () => {
  it('pass, each with 512 MiB unless told', () => {
    expect(() => checked({ env: 'docker-vm,vm', replicas: '1-15x2' })).not.toThrow();
    expect(() => checked({ env: 'vm', replicas: '15' }, { ...machine, memoryBytes: 12 * GiB })).not.toThrow();
    expect(() => checked({ env: 'vm', limits: 'memory=192MiB' })).not.toThrow();
  });

  it('have memory of their own: containers and processes without a limit have none to fit', () => {
    const small = { ...machine, memoryBytes: GiB };
    expect(() => checked({ env: 'process,docker', replicas: '15' }, small)).not.toThrow();
    expect(() => checked({ env: 'docker', limits: 'memory=64MiB' }, small)).not.toThrow();
  });
});

describe('machines that do not fit', () => {
  it('are refused with the numbers and what would fit', () => {
    const on = { ...machine, memoryBytes: 8 * GiB };
    expect(refusalText(() => checked({ env: 'vm', replicas: '1,15' }, on))).toBe(
      `STRATA-E223 --replicas: replicas: with env vm, 15 replicas + 1 store as machines of 512 MiB and 256 MiB of QEMU each need 12 GiB; this machine has 8 GiB
Allowed with env vm: --limits memory=256MiB for 15 replicas, or at most 9 replicas.`,
    );
  });

  it('are refused at the place of the limit, where one was given', () => {
    const plan = expandPlan(fromFile('env: vm\nreplicas: 15\nlimits:\n  - none\n  - { memory: 2GiB }'));
    expect(refusalText(() => checkPlan(plan, machine, accept))).toMatch(
      /^STRATA-E223 x\.yaml:5:15: limits\[1\]\.memory: with env vm, 15 replicas \+ 1 store as machines of 2 GiB .* need 36 GiB; this machine has 24 GiB\n.* memory=1280MiB for 15 replicas, or at most 9 replicas\.$/,
    );
  });

  it('may be one machine for all nodes, which is larger than what they ask for together', () => {
    const on = { ...machine, memoryBytes: 9 * GiB };
    expect(refusalText(() => checked({ env: 'docker-vm', replicas: '15' }, on))).toBe(
      `STRATA-E223 --replicas: replicas: with env docker-vm, one machine for 15 replicas + 1 store at 512 MiB each and 512 MiB of Docker Engine has 10 GiB, and 256 MiB of QEMU; this machine has 9 GiB
Allowed with env docker-vm: --limits memory=480MiB for 15 replicas, or at most 14 replicas.`,
    );
  });

  it('are refused without advice that would not help', () => {
    const fix = refusalOf(() =>
      checked({ env: 'vm', replicas: 1 }, { ...machine, memoryBytes: GiB / 4 }),
    ).fix;
    expect(fix).toBe('No such cell fits on this machine.');
  });

  it('fit when the advice is followed', () => {
    const flags = fc.record({
      env: fc.constantFrom('vm', 'docker-vm'),
      replicas: fc.constantFrom(1, 3, 9, 15),
      limits: fc.constantFrom('none', 'memory=300MiB', 'memory=1GiB', 'memory=5GiB'),
    });
    fc.assert(
      fc.property(flags, fc.integer({ min: 600, max: 40_000 }), (given, MiB) => {
        const on = { ...machine, memoryBytes: MiB * 2 ** 20 };
        const fix = fixOf(() => checked(given, on));
        const limits = /memory=\d+MiB/.exec(fix)?.[0];
        if (limits !== undefined) expect(() => checked({ ...given, limits }, on)).not.toThrow();
        const replicas = /at most (\d+)/.exec(fix)?.[1];
        if (replicas !== undefined) expect(() => checked({ ...given, replicas }, on)).not.toThrow();
      }),
    );
  });
});

function fixOf(work: () => unknown): string {
  try {
    work();
    return '';
  } catch {
    return refusalOf(work).fix;
  }
}

describe('a limit too small for a kernel', () => {
  it('is refused with its place, for vm only', () => {
    const text = (env: string) => `env: ${env}\nlimits: { memory: 128MiB }`;
    const check = (env: string) => checkPlan(expandPlan(fromFile(text(env))), machine, accept);
    expect(refusalText(() => check('[docker, vm]'))).toBe(
      `STRATA-E226 x.yaml:2:19: limits.memory: 128 MiB is too small for a virtual machine, which with env vm every node is
Allowed with env vm: at least 192 MiB: a machine has a kernel of its own in it.`,
    );
    expect(() => check('[docker, docker-vm]')).not.toThrow();
  });
});

describe('more machines than processors', () => {
  it('are run, with a note that says what is measured', () => {
    expect(checked({ env: 'vm', replicas: '3' })).toEqual([
      {
        code: 'cpu-contention',
        message: '4 machines on 2 processors: contention for the CPU is part of what is measured',
        advice: 'compare cells of equal size, or use a host with more processors than machines',
      },
    ]);
    expect(checked({ env: 'docker,vm', replicas: '1,15' })[0]?.message).toMatch(/^up to 16 machines on 2 /);
  });

  it('are not there with one machine for all nodes, nor with as many processors', () => {
    expect(checked({ env: 'docker,docker-vm', replicas: '15' })).toEqual([]);
    expect(contentionNotes(expandPlan(fromFlags({ env: 'vm', replicas: 3 })).cells, 4)).toEqual([]);
  });
});
