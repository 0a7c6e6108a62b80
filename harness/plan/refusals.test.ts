/** The words of the most usual mistakes. */
import { describe, expect, it } from 'vitest';
import { checkOnsetCell } from '../../workloads/onset/topology.ts';
import { checkPlan } from './check.ts';
import { expandPlan } from './expand.ts';
import { fromFile, fromFlags, refusalText } from './resolve.fixture.ts';

describe('in a file', () => {
  it.each([
    [
      'enviroment: docker',
      `STRATA-E201 x.yaml:1:1: unknown key 'enviroment'
Did you mean env? Example: env: process,docker`,
    ],
    [
      'clients: 0',
      `STRATA-E202 x.yaml:1:10: clients: 0 is not allowed: 0 is outside 1–64
Allowed: counts from 1 to 64: a number, a list 1,4,16 or a range 1-8, 1-64*2.`,
    ],
    [
      'trials: -1',
      `STRATA-E202 x.yaml:1:9: trials: -1 is not allowed
Allowed: a whole number from 1 to 10000, or the word auto.`,
    ],
    [
      'name: x\nrequestTimeout: 500',
      `STRATA-E202 x.yaml:2:17: requestTimeout: 500 is not allowed: the unit is missing: 500ms or 500s?
Allowed: a duration from 10ms to 10m, such as 500ms, 2s or 1m.`,
    ],
    [
      'limits:\n  memory: 512',
      `STRATA-E202 x.yaml:2:11: limits.memory: 512 is not allowed: the unit is missing: 512MiB?
Allowed: cpus from 0.01 to 1024 and memory from 6MiB to 1024GiB: cpus=0.5,memory=512MiB, or the word none; several as a YAML list or by repeating the flag.`,
    ],
    [
      'mix: { gett: 1 }',
      `STRATA-E201 x.yaml:1:8: mix: unknown key 'gett'
Did you mean get? Allowed: get, inc, dou.`,
    ],
    [
      'mix: { get: 0 }',
      `STRATA-E202 x.yaml:1:6: mix: { get: 0 } is not allowed: all weights are 0
Allowed: weights from 0 to 1000000 of get, inc and dou, not all 0: get=1,inc=8,dou=1.`,
    ],
    [
      'replicas:',
      `STRATA-E202 x.yaml:1:10: replicas: empty is not allowed
Allowed: counts from 1 to 15, odd for ONSET: a number, a list 1,3,5 or a range 1-15x2(odd).`,
    ],
    [
      'paper: remus',
      `STRATA-E206 x.yaml:1:8: paper: remus is not part of this version
Allowed: onset or containers-vs-vms.`,
    ],
    [
      'boot: cold\nenv: [process, docker]',
      `STRATA-E205 x.yaml:1:7: boot: cold is how machines come up, and env process,docker (x.yaml:2:6) has none
Add docker-vm or vm to env, or leave boot out.`,
    ],
    [
      'env: vm\nboot: hot',
      `STRATA-E202 x.yaml:2:7: boot: 'hot' is not allowed
Allowed: warm (woken from a prepared machine), cold (booted from nothing), or both as a list.`,
    ],
    [
      'sharedMemory: embedded\nenv: docker',
      `STRATA-E205 x.yaml:1:15: sharedMemory: the embedded store lives inside the harness and serves only env process, not docker (x.yaml:2:6)
Write sharedMemory: etcd, or leave it out.`,
    ],
    [
      'trials: 2\ntrials: 3',
      `STRATA-E203 x.yaml:2:1: not valid YAML: Map keys must be unique
Write one "key: value" per line, for example "replicas: 1,3,5".`,
    ],
  ])('%j', (text, words) => {
    expect(refusalText(() => fromFile(text))).toBe(words);
  });

  it('are all told at once, each with its place', () => {
    const text = 'enviroment: docker\nreplicas: [1, 3, x]\nthresholds:\n  - p99<20ms\n  - p98<20ms\n';
    expect(refusalText(() => fromFile(text))).toMatchInlineSnapshot(`
      "STRATA-E201 3 problems in the experiment:
        x.yaml:1:1: unknown key 'enviroment'. Did you mean env? Example: env: process,docker
        x.yaml:2:18: replicas[2]: 'x' is not allowed: "x" is not a count or a range. Allowed: counts from 1 to 15, odd for ONSET: a number, a list 1,3,5 or a range 1-15x2(odd).
        x.yaml:5:5: thresholds[1]: 'p98<20ms' is not allowed: there is no metric "p98"; did you mean p90? Allowed: metric<value or metric>value, or a list of them, or the word none; metrics: mean, min, p50, p90, p95, p99, p999, max (p99<20ms) and throughput (throughput>100/s).
      Correct each place named above; \`npm run bench -- --help\` lists every key with an example."
    `);
  });
});

describe('of one value in a list of limits', () => {
  const limits = (entries: string) => () => fromFile(`limits: [none, ${entries}]`);

  it.each([
    [
      '{ cpus: 1, memory: 512 }',
      /^STRATA-E202 x\.yaml:1:35: limits\[1\]\.memory: 512 .*: 512MiB\?\nAllowed: cpus/,
    ],
    [
      '{ memory: 256M }',
      /^STRATA-E202 x\.yaml:1:26: limits\[1\]\.memory: .*; did you mean 256MB or 256MiB\?\n/,
    ],
    [
      '{ cpus: 0 }',
      /^STRATA-E202 x\.yaml:1:24: limits\[1\]\.cpus: 0 is not allowed: 0 is outside 0\.01–1024\n/,
    ],
    ['{ cpus: many }', /^STRATA-E202 x\.yaml:1:24: limits\[1\]\.cpus: .*: "many" is not a number of CPUs\n/],
    [
      '{ memroy: 1GiB }',
      /^STRATA-E201 x\.yaml:1:18: limits\[1\]: unknown key 'memroy'\nDid you mean memory\? /,
    ],
    [
      'memroy=1GiB',
      /^STRATA-E202 x\.yaml:1:16: limits\[1\]: .*: there is no limit "memroy"; did you mean memory\?\n/,
    ],
    ['nonne', /^STRATA-E202 x\.yaml:1:16: limits\[1\]: .*; did you mean none\?\n/],
    ['cpus=9999', /^STRATA-E202 x\.yaml:1:16: limits\[1\]\.cpus: '9999' is not allowed: 9999 is outside /],
    ['~', /^STRATA-E202 x\.yaml:1:16: limits\[1\]: empty is not allowed\n/],
    ['5', /^STRATA-E202 x\.yaml:1:16: limits\[1\]: 5 is not allowed/],
    ['[none]', /^STRATA-E202 x\.yaml:1:16: limits\[1\]: \[ 'none' \] is not allowed\n/],
    ['{}', /^STRATA-E202 x\.yaml:1:9: limits: .* is not allowed: none occurs twice\n/],
    [
      '{ memory: 1GiB, cpus: 0.50 }, "cpus=0.5,memory=1024MiB"',
      /^STRATA-E202 x\.yaml:1:9: limits: .* is not allowed: cpus=0\.5,memory=1GiB occurs twice\n/,
    ],
  ])('%s', (entries, words) => {
    expect(refusalText(limits(entries))).toMatch(words);
  });

  it('an empty list is refused', () => {
    expect(refusalText(() => fromFile('limits: []'))).toMatch(
      /^STRATA-E202 x\.yaml:1:9: limits: \[\] is not/,
    );
  });
});

describe('on the command line', () => {
  it.each([
    [
      { paper: 'remus' },
      /^STRATA-E206 --paper: paper: remus is not part of this version\nAllowed: onset or /,
    ],
    [{ workload: 'remus' }, /^STRATA-E206 --workload: workload: remus is not part of this version/],
    [{ workload: 'onset,remus' }, /^STRATA-E206 --workload: workload: remus is not part of this version/],
    [{ boot: 'warm' }, /^STRATA-E205 --boot: boot: warm .* env process \(default\) has none\n/],
    [{ env: 'vm', boot: 'cold,cold' }, /cold occurs twice/],
    [{ env: 'podman' }, /^STRATA-E202 --env: env: 'podman' is not allowed\nAllowed: process, docker, /],
    [{ env: 'process,process' }, /process occurs twice/],
    [{ env: 'all,docker' }, /all already contains every other one/],
    [{ clients: '65' }, /65 is outside 1–64/],
    [{ replicas: '17' }, /17 is outside 1–15/],
    [{ rate: '-5' }, /^STRATA-E202 --rate/],
    [{ mix: 'get=1,get=2' }, /get occurs twice/],
    [{ limits: ['cpus=0.5', 'cpus=.5'] }, /^STRATA-E202 --limits: limits\[1\]/],
    [{ limits: ['none', 'memory=512'] }, /^STRATA-E202 --limits: limits\[1\]\.memory: '512' .*: 512MiB\?\n/],
    [{ limits: ['cpus=0.5', 'none', 'cpus=0.50'] }, /: cpus=0\.5 occurs twice\n/],
    [{ limits: ['memory=512'] }, /^STRATA-E202 --limits: limits\.memory: '512' is/],
    [
      { limits: 'none,cpus=0.5' },
      /none stands alone: a comma joins the parts of one value\nAllowed: .* repeating/,
    ],
    [{ limits: 'cpus=-1' }, /-1 is outside 0\.01–1024/],
    [{ limits: 'cpus=1,memory=1GiB,cpus=2' }, /cpus occurs twice/],
    [{ threshold: 'p99<1s,p99<1s' }, /p99<1s occurs twice/],
    [{ requestTimeout: '1ms' }, /1ms is outside 10ms–10m/],
    [{ paper: 'onset', profile: 'quick' }, /^STRATA-E205 --profile: .* and paper onset \(--paper\)/],
    [{ sharedMemory: 'embedded', store: 'disk' }, /keeps nothing on disk/],
    [{ sharedMemory: 'embedded', fault: 'kill-store@1s' }, /has no node that kill-store could end/],
    [
      { replicas: '1-15x2', clients: '1-64', trials: '9999' },
      /512 cells × 9999 trials = 5119488 trials; at most 100000/,
    ],
    [{ sharedmemory: 'etcd' }, /^STRATA-E201 --sharedmemory: .*\nDid you mean --shared-memory\?/],
  ])('%j', (flags, words) => {
    expect(refusalText(() => fromFlags(flags))).toMatch(words);
  });
});

describe('found in the plan', () => {
  it('an even number of replicas is refused with its place and what is allowed', () => {
    const plan = expandPlan(fromFile('replicas: 4'));
    expect(refusalText(() => checkPlan(plan, { memoryBytes: 2 ** 34, cpuCount: 2 }, checkOnsetCell))).toMatch(
      /^STRATA-E222 x\.yaml:1:11: replicas: 4 is not allowed with workload onset\nAllowed: an odd number from 1 to 15: n = 2f\+1.* Example: 1,3,5$/,
    );
  });
});
