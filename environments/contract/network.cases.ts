/** Contract cases of addresses and ports. */
import { expect } from 'vitest';
import type { Node } from '../environment.ts';
import { answerOf } from './answer.ts';
import type { ContractBench, NodeNamed } from './bench.ts';
import { disk, nodeNamed, patienceMs, putAgent, run } from './bench.ts';

/** With nodes `a` and `b`. */
export function networkCases({ test, open }: ContractBench, node: NodeNamed): void {
  const a = () => node('a');
  const b = () => node('b');

  test(
    'a server on one node is reached from another node, from itself and from the harness',
    async () => {
      const port = await serve(a(), 'greeting');
      const agent = await putAgent(b());
      expect(await run(b(), 'node', agent, 'ask', a().address, String(port))).toEqual({
        exitCode: 0,
        stdout: 'greeting',
        stderr: '',
      });
      expect((await run(a(), 'node', await putAgent(a()), 'ask', a().address, String(port))).stdout).toBe(
        'greeting',
      );
      expect(await answerOf(a().address, port)).toBe('greeting');
    },
    'node to node',
  );

  test('ports handed out are distinct on an address, also when asked for at the same time', async () => {
    const ask = (node: Node) => Promise.all(Array.from({ length: 20 }, () => node.allocatePort()));
    const [ofA, ofB] = await Promise.all([ask(a()), ask(b())]);
    const endpoints = [
      ...ofA.map((port) => `${a().address}:${port}`),
      ...ofB.map((port) => `${b().address}:${port}`),
    ];
    expect(new Set(endpoints).size).toBe(40);
    for (const port of [...ofA, ...ofB]) expect(port > 1023 && port < 65_536).toBe(true);
  });

  test('each of several ports can be served at once', async () => {
    const ports = await Promise.all(['one', 'two', 'three'].map((word) => serve(b(), word)));
    expect(await Promise.all(ports.map((port) => answerOf(b().address, port)))).toEqual([
      'one',
      'two',
      'three',
    ]);
  });

  test('a second open environment has endpoints of its own and does not disturb the first', async () => {
    const port = await serve(a(), 'first');
    {
      await using second = await open();
      await using nodesOfSecond = await second.start([disk('a')]);
      const twin = nodeNamed(nodesOfSecond.nodes, 'a');
      const twinPort = await serve(twin, 'second');
      expect(`${twin.address}:${twinPort}`).not.toBe(`${a().address}:${port}`);
      expect(await answerOf(twin.address, twinPort)).toBe('second');
      await twin.kill();
    }
    expect(await answerOf(a().address, port)).toBe('first');
  });
}

/** Starts a server that answers every connection with `word`, and waits until it does. */
export async function serve(node: Node, word: string): Promise<number> {
  const port = await node.allocatePort();
  const command = ['node', await putAgent(node), 'serve', String(port), word] as const;
  const server = await node.spawn(command, { name: `serve-${word}-${port}` });
  await expect
    .poll(() => answerOf(node.address, port), { timeout: patienceMs, message: await server.logTail(5) })
    .toBe(word);
  return port;
}
