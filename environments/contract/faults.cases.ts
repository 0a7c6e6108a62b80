/** Contract cases of `kill`, `pause`, `resume` and `stats`. */
import { expect } from 'vitest';
import { causeChain } from '../../harness/foundation/errors.ts';
import { isPausable, type Node } from '../environment.ts';
import type { ContractBench } from './bench.ts';
import { disk, patienceMs, putAgent, run } from './bench.ts';
import { failure } from './commands.cases.ts';
import { answerOf } from './answer.ts';
import { serve } from './network.cases.ts';

/** Each case has a node of its own, and none may touch those of the others. */
const names = ['family', 'bystander', 'killed', 'serving', 'paused', 'frozen', 'burning'] as const;

export function faultCases(bench: ContractBench): void {
  const node = bench.sharedNodes(names.map(disk));
  const named = (name: (typeof names)[number]) => node(name);
  killCases(bench, named);
  pauseCases(bench, named);
  statsCases(bench, named);
}

type Named = (name: (typeof names)[number]) => Node;

function killCases({ test }: ContractBench, node: Named): void {
  test(
    'killing a node ends all its processes down to the children of children, and no others',
    async () => {
      const [a, b] = [node('family'), node('bystander')];
      const { ports, leader } = await family(a);
      const other = await serve(b, 'alive');

      await a.kill();

      expect(await leader.exited).toBe(137);
      for (const port of ports) expect(await gone(a, port)).toBe(true);
      expect(await answerOf(b.address, other)).toBe('alive');
    },
    'children of children die',
  );

  test('after a kill the node refuses commands, says so, and can be killed again', async () => {
    const a = node('killed');
    await a.kill();
    await a.kill();
    expect(causeChain(await failure(run(a, 'true'))).join('\n')).toMatch(/\bkilled\b/);
    await failure(a.spawn(['true'], { name: 'late' }));
  });

  test('a command that runs when its node is killed ends', async () => {
    const a = node('serving');
    const port = await a.allocatePort();
    const running = run(a, 'node', await putAgent(a), 'serve', String(port), 'running').then(
      (result) => result.exitCode,
      () => 'rejected',
    );
    await expect.poll(() => answerOf(a.address, port), { timeout: patienceMs }).toBe('running');
    await a.kill();
    expect([137, 'rejected']).toContain(await running);
  });
}

function pauseCases({ test }: ContractBench, node: Named): void {
  test(
    'a paused node stands still and goes on when resumed',
    async () => {
      const a = node('paused');
      if (!isPausable(a)) expect.fail('the node is not pausable: declare the case not applicable');
      const counter = await a.spawn(['node', await putAgent(a), 'count'], { name: 'counter' });
      await expect.poll(() => counter.logTail(1), { timeout: patienceMs }).toMatch(/count/);

      await a.pause();
      const atPause = await counter.logTail(1);
      await new Promise((wake) => setTimeout(wake, 300));
      expect(await counter.logTail(1)).toBe(atPause);

      await a.resume();
      await expect.poll(() => counter.logTail(1), { timeout: patienceMs }).not.toBe(atPause);
    },
    'pause and resume',
  );

  test(
    'a paused node can be killed',
    async () => {
      const a = node('frozen');
      if (!isPausable(a)) expect.fail('the node is not pausable: declare the case not applicable');
      const counter = await a.spawn(['node', await putAgent(a), 'count'], { name: 'counter' });
      await a.pause();
      await a.kill();
      expect(await counter.exited).toBe(137);
    },
    'pause and resume',
  );
}

function statsCases({ test }: ContractBench, node: Named): void {
  test(
    'stats count the cpu time and memory of running and of ended processes',
    async () => {
      const [a, b] = [node('burning'), node('bystander')];
      await serve(a, 'some-memory');
      const before = await a.stats();
      expect(before.memoryBytes).toBeGreaterThan(10 * 1024 * 1024);

      const burner = await a.spawn(['node', await putAgent(a), 'burn', '60000'], { name: 'burner' });
      await expect
        .poll(async () => (await a.stats()).cpuNs - before.cpuNs, { timeout: patienceMs, interval: 100 })
        .toBeGreaterThan(500e6);
      const whileRunning = await a.stats();
      await burner.signal('SIGKILL');
      await burner.exited;
      const after = await a.stats();

      expect(after.cpuNs).toBeGreaterThanOrEqual(whileRunning.cpuNs);
      expect((await b.stats()).cpuNs).toBeLessThan(after.cpuNs);
      expect(after.cpuNs).toBeLessThan(600e9);
    },
    'cpu time grows',
  );
}

async function family(node: Node) {
  const ports = await Promise.all([node.allocatePort(), node.allocatePort(), node.allocatePort()]);
  const command = ['node', await putAgent(node), 'family', ...ports.map(String)] as const;
  const leader = await node.spawn(command, { name: 'family' });
  for (const port of ports) {
    await expect.poll(() => answerOf(node.address, port), { timeout: patienceMs }).toBe('generation');
  }
  return { ports, leader };
}

async function gone(node: Node, port: number): Promise<boolean> {
  return (await answerOf(node.address, port)) !== 'generation';
}
