import { describe, expect, it } from 'vitest';
import { checkOnsetCell } from '../../../workloads/onset/topology.ts';
import { comparedCells } from '../../foundation/compared-cells.ts';
import { hypothesesHash } from '../../foundation/hypotheses-hash.ts';
import { checkPlan } from '../check.ts';
import { expandPlan } from '../expand.ts';
import { fromFile, fromFlags, refusalText } from '../resolve.fixture.ts';

const claimed = (hypothesis: string | string[], more: object = {}) =>
  fromFlags({ hypothesis, ...more }).hypotheses;

describe('a claim in one line', () => {
  it.each([
    [
      'p99 of docker <= 1.2 x process',
      { claim: 'at-most', metric: 'p99', margin: 1.2, treatment: { env: ['docker'] } },
    ],
    [
      'throughput of ram,replicas=1 >= 1.5x disk,replicas=1',
      { claim: 'at-least', baseline: { store: ['disk'], replicas: [1] } },
    ],
    [
      'p50 of replicas=3 = replicas=1 within 1.05',
      { claim: 'equivalent', margin: 1.05, baseline: { replicas: [1] } },
    ],
    ['mean of replicas=3|5 != replicas=1', { claim: 'differs', margin: 1, treatment: { replicas: [3, 5] } }],
    ['throughput of steps >= 0.8', { claim: 'steps', treatment: {}, baseline: {} }],
    [
      'throughput of steps,ram,replicas=3|5 >= 0.8',
      { claim: 'steps', treatment: { store: ['ram'], replicas: [3, 5] } },
    ],
    ['replicas=13|15 completes', { claim: 'completes', metric: null }],
    ['tail: p99 of docker ≤ 1.2 × process in each', { id: 'tail', claim: 'at-most', scope: 'each' }],
  ])('%s', (text, form) => {
    expect(claimed(text)).toMatchObject([form]);
    expect(fromFile(`hypotheses: ['${text}']`).hypotheses).toEqual(claimed(text));
  });

  it('may stand beside others', () => {
    const two = ['throughput of steps >= 0.8', 'replicas=3 completes'];
    expect(claimed(two)).toEqual(claimed(two.join('; ')));
    expect(claimed('none')).toEqual([]);
    expect(fromFlags({}).hypotheses).toEqual([]);
  });
});

describe('pairing', () => {
  const paired = (claim: string) =>
    fromFile(`hypotheses:\n  - claim: ${claim}\n    pairing: blocks\n    treatment: { replicas: 3 }\n`)
      .hypotheses;

  it('is part of what is hashed, and absent where arms are independent', () => {
    const [independent] = claimed('p99 of replicas=3 != replicas=1');
    const [within] = paired('differs\n    metric: p99\n    baseline: { replicas: 1 }');
    expect(independent).not.toHaveProperty('pairing');
    expect(within).toEqual({ ...independent, pairing: 'blocks' });
  });

  it('is refused where nothing is compared', () => {
    expect(() => paired('completes')).toThrow(
      /pairing: 'blocks' is not allowed: the claim completes compares/,
    );
  });
});

describe('what is wrong with a claim', () => {
  const long = (lines: string) => `hypotheses:\n  - claim: at-most\n    metric: p99\n${lines}`;
  const arms = '    treatment: { env: docker }\n    baseline: { env: process }\n';

  it.each([
    [
      long(`${arms}    margin: 1.2`).replace('p99', 'p98'),
      /x\.yaml:3:13: hypotheses\[0\]\.metric: 'p98' .*did you mean p90\?\nAllowed: throughput, /,
    ],
    [
      long(`${arms}    margn: 1.2`),
      /x\.yaml:6:5: hypotheses\[0\]: unknown key 'margn'\nDid you mean margin\?/,
    ],
    [
      long(`${arms.replace('env: docker', 'evn: docker')}    margin: 1`),
      /x\.yaml:4:18: hypotheses\[0\]\.treatment: unknown key 'evn'\nDid you mean env\?/,
    ],
    [long(`${arms}    margin: 0`), /x\.yaml:6:13: hypotheses\[0\]\.margin: 0 is not allowed/],
    [long(arms), /hypotheses\[0\]\.margin: .*needs a margin/],
    [
      long(`${arms}    margin: 0.9`).replace('at-most', 'equivalent'),
      /x\.yaml:6:13: .*equivalent within 0\.9 is impossible/,
    ],
    ['hypotheses: ["a: p99 of docker != vm", "a: p50 of docker != vm"]', /the id a occurs twice/],
    ['hypotheses: ["p99 of dockr != vm"]', /"dockr" names no factor; did you mean docker\?/],
    ['hypotheses: ["p99 of docker = vm"]', /how near\? Write = arm within 1\.05/],
    ['hypotheses: ["throughput of steps >= 1.2"]', /at most that can be asked/],
  ])('%j', (text, words) => {
    expect(refusalText(() => fromFile(text))).toMatch(words);
  });

  const check = (text: string) => () =>
    checkPlan(expandPlan(fromFile(text)), { memoryBytes: 2 ** 36, cpuCount: 2 }, checkOnsetCell);

  it.each([
    [
      long(`${arms}    margin: 1.2`),
      /^STRATA-E227 x\.yaml:4:16: hypotheses\[0\]\.treatment: docker .*no cell of the plan has docker\nAllowed: env process/,
    ],
    ['replicas: 3\nhypotheses: [throughput of steps >= 0.8]', /there is no step/],
    ['hypotheses: ["p99 of process <= 1.2 x process"]', /the arms differ in no factor/],
    [
      'hypotheses: ["p99 of replicas=3 <= 2 x replicas=1", {claim: differs, metric: p50, treatment: {replicas: 3}, baseline: {replicas: 1}, alpha: 0.01, family: confirmatory}]',
      /^STRATA-E205 .*hypotheses\[1\]\.alpha: 0\.01, and .* has 0\.05/,
    ],
  ])('found in the plan: %j', (text, words) => {
    expect(refusalText(check(text))).toMatch(words);
  });
});

describe('a plan', () => {
  it('writes a claim of each pair out as one of every pair, over just these cells', () => {
    const { cells, hypotheses } = expandPlan(
      fromFlags({
        env: 'process,docker',
        replicas: '1,3',
        clients: '1,4',
        hypothesis: 'tail: p99 of docker <= 2 x process in each',
      }),
    );
    expect(hypotheses.map(({ id }) => id)).toEqual([
      'tail@replicas=1,clients=1',
      'tail@replicas=1,clients=4',
      'tail@replicas=3,clients=1',
      'tail@replicas=3,clients=4',
    ]);
    for (const one of hypotheses) {
      const [pair, ...others] = comparedCells(one, cells);
      expect(others).toEqual([]);
      expect(one.id).toBe(`tail@replicas=${pair?.treatment.replicas},clients=${pair?.baseline.clients}`);
    }
  });

  it('leaves out what a paper claims of cells that a smaller sweep does not have, and says so', () => {
    const plan = expandPlan(fromFlags({ paper: 'onset', replicas: '1,3,5', clients: '1,16' }));
    const ids = plan.hypotheses.map(({ id }) => id);
    expect(ids).toContain('H2-steps');
    expect(ids).not.toContain('H2-usable');
    const notes = checkPlan(plan, { memoryBytes: 2 ** 36, cpuCount: 2 }, () => []);
    expect(notes.find(({ code }) => code === 'hypotheses-left-out')?.message).toContain('H2-usable');
    const whole = expandPlan(fromFlags({ paper: 'onset' }));
    expect(whole.hypotheses.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['H1-throughput-at-15x32', 'H2-usable']),
    );
    expect(expandPlan(fromFlags({ paper: 'containers-vs-vms' })).hypotheses).toHaveLength(40);
  });

  it('has another fingerprint for every other claim', () => {
    const [one] = claimed('throughput of steps >= 0.8');
    if (one === undefined) throw new Error('no hypothesis');
    expect(hypothesesHash([one])).toBe(
      hypothesesHash([Object.fromEntries(Object.entries(one).reverse()) as never]),
    );
    expect(hypothesesHash([one])).not.toBe(hypothesesHash([{ ...one, margin: 0.81 }]));
  });
});
