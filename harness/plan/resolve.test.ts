import { describe, expect, it } from 'vitest';
import { attributeOf, pickExperimentFlags, variableOf } from './flag-names.ts';
import { experimentFlags } from './flag-table.ts';
import { mysqlFlags } from './mysql-flags.ts';
import { resolveExperiment } from './resolve.ts';
import { fromFile, fromFlags, refusalOf } from './resolve.fixture.ts';

describe('precedence', () => {
  const file = { path: 'sweep.yaml', text: 'profile: quick\ntrials: 4\nrequests: 40\nclients: 8\n' };
  const environment = { STRATA_TRIALS: '5', STRATA_REQUESTS: '50' };

  it('is flag, variable, file, profile, default', () => {
    const experiment = resolveExperiment({ flags: { trials: '6' }, environment, file, freshSeed: 1 });
    expect(experiment).toMatchObject({
      trials: 6,
      requests: 50,
      clients: [8],
      replicas: [1, 3, 5],
      retries: 1,
    });
    expect(experiment.origins).toMatchObject({
      trials: { source: 'flag', place: '--trials' },
      requests: { source: 'variable', place: 'STRATA_REQUESTS' },
      clients: { source: 'file', place: 'sweep.yaml:4:10' },
      replicas: { source: 'profile', place: 'profile quick' },
      retries: { source: 'default' },
      seed: { source: 'random' },
    });
  });

  it('blames the source of the value that counts', () => {
    const error = refusalOf(() =>
      resolveExperiment({ flags: {}, environment: { STRATA_TRIALS: 'many' }, file }),
    );
    expect(error.message).toMatch(/^STRATA_TRIALS: trials: 'many' is not allowed/);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(resolveExperiment({ flags: {}, environment: { STRATA_TRIALS: '' } }).trials).toBe(3);
  });
});

describe('the sources', () => {
  it('say the same thing in the same words', () => {
    // A paper brings values of its own; the others mean something only beside another key.
    const dependent = new Set<string>(['paper', 'boot', 'precision', 'maxTrials']);
    for (const flag of experimentFlags.filter(({ key }) => !dependent.has(key))) {
      const workload = mysqlFlags.some(({ key }) => key === flag.key) ? 'mysql' : 'onset';
      const common = flag.key === 'workload' ? {} : { workload };
      const byFlag = {
        ...fromFlags({ ...common, [attributeOf(flag)]: flag.example }),
        origins: expect.anything() as unknown,
      };
      const environment = { [variableOf(flag)]: flag.example };
      const byVariable = resolveExperiment({ flags: common, environment, freshSeed: 7 });
      const text = `${flag.key}: ${flag.example}\n`;
      const byFile = fromFile(flag.key === 'workload' ? text : `${text}workload: ${workload}\n`);
      expect(byVariable).toMatchObject(byFlag);
      expect(byFile).toMatchObject(byFlag);
    }
  });

  it('accept lists and mappings typed in YAML', () => {
    const experiment = fromFile(
      'env: [process, docker]\nreplicas: [5, 1-3x2]\nmix: { inc: 3, get: 1 }\nlimits: { cpus: 0.5, memory: 512MiB }\n',
    );
    expect(experiment).toMatchObject({
      env: ['process', 'docker'],
      replicas: [1, 3, 5],
      mix: { get: 1, inc: 3, dou: 0 },
      limits: [{ cpus: 0.5, memoryBytes: 512 * 2 ** 20 }],
    });
  });

  it('say how machines come up in the same words', () => {
    const environment = { STRATA_BOOT: 'cold,warm' };
    expect(fromFlags({ env: 'vm', boot: ['cold', 'warm'] }).boot).toEqual(['warm', 'cold']);
    expect(resolveExperiment({ flags: { env: 'vm' }, environment }).boot).toEqual(['warm', 'cold']);
    expect(fromFile('env: docker-vm\nboot: [cold, warm]').boot).toEqual(['warm', 'cold']);
    expect(fromFile('env: docker-vm\nboot: cold').boot).toEqual(['cold']);
    expect(fromFlags({ env: 'vm' }).boot).toEqual(['warm']);
  });

  it('say several limits in the same words', () => {
    const flags = { limits: ['cpus=1,memory=256MiB', 'none', 'cpus=0.5'] };
    const limits = [{}, { cpus: 0.5 }, { cpus: 1, memoryBytes: 2 ** 28 }];
    expect(fromFlags(flags).limits).toEqual(limits);
    expect(fromFile('limits: [none, {cpus: 0.5}, {cpus: 1, memory: 256MiB}]').limits).toEqual(limits);
    expect(fromFile('limits:\n  - "cpus=0.5"\n  - { memory: 256 MiB, cpus: "1" }\n  - {}').limits).toEqual(
      limits,
    );
  });

  it('may say one limits value as a list or without one, and that there is none', () => {
    for (const text of ['none', '{}', '[none]', '[{}]'])
      expect(fromFile(`limits: ${text}`).limits).toEqual([{}]);
    for (const text of ['{cpus: 2}', '[{cpus: 2}]', 'cpus=2'])
      expect(fromFile(`limits: ${text}`).limits).toEqual([{ cpus: 2 }]);
    expect(fromFlags({ limits: ['cpus=2'] }).limits).toEqual([{ cpus: 2 }]);
    expect(fromFlags({}).limits).toEqual([{}]);
  });

  it('know where each limit was written, in the order of the values', () => {
    const { origins } = fromFile('limits:\n  - cpus: 2\n    memory: 1GiB\n  - none\n');
    expect(origins.limits).toEqual({
      ...{ source: 'file', place: 'x.yaml:2:3' },
      items: [
        { subject: 'limits[1]', places: { cpus: 'x.yaml:4:5', memory: 'x.yaml:4:5' } },
        { subject: 'limits[0]', places: { cpus: 'x.yaml:2:11', memory: 'x.yaml:3:13' } },
      ],
    });
  });

  it('may repeat a flag', () => {
    expect(fromFlags({ fault: ['kill-replica@2s', 'kill-replica@1s'], requests: '5000' }).faults).toEqual([
      { kind: 'kill-replica', atMs: 1000 },
      { kind: 'kill-replica', atMs: 2000 },
    ]);
  });

  it('may take back what a lower one asked for', () => {
    const file = { path: 'x.yaml', text: 'fault: kill-replica@1s\nrate: 100\nthresholds: p99<1s\n' };
    const flags = { fault: 'none', rate: 'closed', threshold: 'none' };
    expect(resolveExperiment({ flags, environment: {}, file })).toMatchObject({
      faults: [],
      load: { kind: 'closed' },
      thresholds: [],
    });
  });

  it('know a misspelt variable, and leave alone what is not theirs', () => {
    const others = { STRATA_SIM_SEED: '1', STRATA_FAVOURITE_COLOUR: 'red', REPLICAS: '4' };
    expect(() => resolveExperiment({ flags: {}, environment: others })).not.toThrow();
    const error = refusalOf(() => resolveExperiment({ flags: {}, environment: { STRATA_REPLICA: '3' } }));
    expect(error.fix).toBe("Did you mean STRATA_REPLICAS? Example: STRATA_REPLICAS='1,3,5'");
  });

  it('take from the command line only what belongs to the experiment', () => {
    expect(pickExperimentFlags({ json: true, out: 'x', sharedMemory: 'etcd', trials: undefined })).toEqual({
      sharedMemory: 'etcd',
    });
  });
});

describe('the shared memory by default', () => {
  it.each([
    [{}, 'embedded'],
    [{ env: 'docker' }, 'etcd'],
    [{ env: 'process,docker' }, 'etcd'],
    [{ store: 'ram,disk' }, 'etcd'],
    [{ fault: 'kill-store@1s' }, 'etcd'],
    [{ paper: 'onset', env: 'process', store: 'ram' }, 'etcd'],
    [{ sharedMemory: 'etcd' }, 'etcd'],
    [{ workload: 'mysql', env: 'docker' }, 'none'],
    [{ workload: 'onset,mysql' }, 'embedded'],
  ])('with %j is %s', (flags, kind) => {
    expect(fromFlags(flags).sharedMemory).toBe(kind);
  });
});

describe('presets', () => {
  it('reproduce the sweep of paper onset, section 4', () => {
    expect(fromFlags({ paper: 'onset' })).toMatchObject({
      replicas: [1, 3, 5, 7, 9, 11, 13, 15],
      clients: [1, 2, 4, 8, 16, 32, 64],
      store: ['ram', 'disk'],
      requests: 50,
      warmupRequests: 0,
      load: { kind: 'closed' },
      balance: 'random',
    });
  });

  it.each(['smoke', 'quick', 'standard', 'full'])('%s is a valid experiment', (profile) => {
    expect(fromFlags({ profile })).toMatchObject({ name: profile, env: ['process'] });
  });

  it('make first contact the smoke profile', () => {
    const first = fromFlags({});
    expect({ ...fromFlags({ profile: 'smoke' }), profile: null, origins: first.origins }).toEqual(first);
  });

  it('draws a seed when none is given, and keeps it', () => {
    const seeds = new Set([1, 2, 3].map(() => resolveExperiment({ flags: {}, environment: {} }).seed));
    expect(seeds.size).toBeGreaterThan(1);
  });
});
