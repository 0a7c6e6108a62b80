/** Contract cases of `put`, `get` and the two directories of a node. */
import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { causeChain } from '../../harness/foundation/errors.ts';
import type { Node } from '../environment.ts';
import type { ContractBench, NodeNamed } from './bench.ts';
import { run } from './bench.ts';
import { failure } from './commands.cases.ts';

export function fileCases({ test }: ContractBench, node: NodeNamed): void {
  const a = () => node('a');
  const b = () => node('b');

  test('both directories are absolute and empty at start', async () => {
    for (const node of [a(), b()]) {
      for (const directory of [node.dataDir, node.workDir]) {
        expect(directory.startsWith('/')).toBe(true);
        expect((await run(node, 'ls', '-A', directory)).stdout).toBe('');
      }
    }
  });

  for (const bytes of [0, 1, 5 * 1024 * 1024 + 3]) {
    test(`a file of ${bytes} random bytes comes back the same, and is the same on the node`, async () => {
      const content = randomBytes(bytes);
      const path = `${a().workDir}/random-${bytes}.bin`;
      await a().put(content, path);
      expect((await run(a(), 'sha256sum', path)).stdout.slice(0, 64)).toBe(sha256(content));
      const back = await a().get(path);
      expect([back.byteLength, sha256(back)]).toEqual([bytes, sha256(content)]);
    });
  }

  test('names may have spaces and letters beyond ASCII', async () => {
    const path = `${a().dataDir}/größe von 測定 'x'.txt`;
    await a().put(Buffer.from('ok'), path);
    expect((await run(a(), 'cat', path)).stdout).toBe('ok');
    expect(Buffer.from(await a().get(path)).toString()).toBe('ok');
  });

  test('put replaces a file as a whole', async () => {
    const path = `${a().workDir}/replaced`;
    await a().put(Buffer.from('a longer first version'), path);
    await a().put(Buffer.from('short'), path);
    expect((await run(a(), 'cat', path)).stdout).toBe('short');
  });

  test('getting a file that does not exist is an error that names it', async () => {
    const error = await failure(a().get(`${a().workDir}/absent.bin`));
    expect(causeChain(error).join('\n')).toMatch(/absent\.bin/);
    expect(causeChain(error).join('\n')).toMatch(/ENOENT|not found|no such file|could not find/i);
  });

  test('a file of one node does not appear in the directories of another', async () => {
    await a().put(Buffer.from('a'), `${a().dataDir}/only-a`);
    expect((await run(b(), 'ls', '-A', b().dataDir)).stdout).not.toContain('only-a');
  });

  const onMedium = 'data directory on the asked medium';
  test(
    'the data directory is on the medium asked for',
    async () => {
      expect(await fileSystemType(a(), a().dataDir)).not.toBe('tmpfs');
      if (b().spec.storage === 'ram') {
        expect(await fileSystemType(b(), b().dataDir)).toBe('tmpfs');
      }
    },
    onMedium,
  );
}

async function fileSystemType(node: Node, directory: string): Promise<string> {
  return (await run(node, 'stat', '-f', '-c', '%T', directory)).stdout.trim();
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
