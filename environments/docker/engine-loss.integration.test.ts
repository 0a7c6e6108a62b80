/** The engine going away under a trial, played by a relay between harness and engine that can be cut or frozen. */
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { causeChain, type StrataError } from '../../harness/foundation/errors.ts';
import type { Node, OpenEnvironment, StartedNodes } from '../environment.ts';
import { whyDockerIsUnavailable } from './availability.ts';
import { createDockerEnvironment } from './docker-environment.ts';
import { engineAddress } from './engine-address.ts';
import { connectEngine } from './engine.ts';
import { listLeftovers, removeLeftovers } from './leftovers.ts';

const unavailable = await whyDockerIsUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

describe.skipIf(unavailable !== null)(
  `losing the engine${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    const address = engineAddress();
    const runId = `docker-loss-${process.pid}`;
    const { signal } = new AbortController();
    let dir: string;
    let relay: Relay;
    let environment: OpenEnvironment;
    let started: StartedNodes;

    beforeEach(async () => {
      dir = await mkdtemp(path.join(tmpdir(), 'strata-loss-'));
      relay = await startRelay(path.join(dir, 'relay.sock'), address.kind === 'socket' ? address.path : '');
      vi.stubEnv('DOCKER_HOST', `unix://${relay.path}`);
      const scope = { runId, logDir: dir, signal, progress: () => undefined };
      environment = await createDockerEnvironment().open(scope);
      started = await environment.start({
        trialId: 't0001',
        nodes: [{ name: 'a', storage: 'disk' }],
        signal,
      });
    });

    afterEach(async () => {
      relay.cut();
      vi.unstubAllEnvs();
      const direct = connectEngine(address);
      await removeLeftovers(direct, await listLeftovers(direct, runId));
      await rm(dir, { recursive: true, force: true });
    });

    const a = (): Node => {
      const [node] = started.nodes;
      if (node === undefined) throw new Error('no node');
      return node;
    };

    it('ends running commands, fails the next ones at once and names what stays behind', async () => {
      const endless = await a().spawn(['sleep', '600'], { name: 'endless' });
      const running = a()
        .exec(['sleep', '600'], { signal, timeoutMs: 600_000 })
        .catch((error: unknown) => error);
      await expect.poll(() => relay.connections(), { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
      await new Promise((wake) => setTimeout(wake, 500));
      relay.cut();

      expect(await running).toMatchObject({ code: 'STRATA-E410', exitCode: 4 });
      expect(await endless.exited).toBe(137);
      await expect(endless.logTail(1)).rejects.toMatchObject({ code: 'STRATA-E410' });
      await expect(a().exec(['true'], { signal, timeoutMs: 600_000 })).rejects.toMatchObject({
        code: 'STRATA-E410',
      });
      const disposal: unknown = await Promise.resolve(environment[Symbol.asyncDispose]()).catch(
        (error: unknown) => error,
      );
      expect((disposal as StrataError).leftBehind).toEqual([`container strata-${runId}-t0001-a`]);
    });

    it('while what a failed start had begun is removed does not hide why the start failed', async () => {
      relay.cutAt('DELETE /');
      const nodes = [
        { name: 'b', storage: 'disk' as const },
        { name: 'tiny', storage: 'disk' as const, memoryBytes: 4096 },
      ];
      const error: unknown = await environment
        .start({ trialId: 't0002', nodes, signal })
        .catch((thrown: unknown) => thrown);
      expect(causeChain(error).join('\n')).toMatch(/memory limit/i);
      // What stayed behind is not forgotten: closing the environment tries again, and tells.
      const disposal: unknown = await Promise.resolve(environment[Symbol.asyncDispose]()).catch(
        (thrown: unknown) => thrown,
      );
      expect((disposal as StrataError).leftBehind.join()).toContain(`strata-${runId}-t000`);
    });

    it('that is frozen fails a command at its deadline', async () => {
      relay.freeze();
      await expect(a().exec(['true'], { signal, timeoutMs: 500 })).rejects.toMatchObject({
        code: expect.stringMatching(/^STRATA-E41/) as string,
        message: expect.stringContaining('0.5 s') as string,
      });
    });
  },
);

interface Relay {
  readonly path: string;
  readonly connections: () => number;
  /** Closes every connection and accepts no more. */
  readonly cut: () => void;
  /** Does so as soon as the harness sends this. */
  readonly cutAt: (words: string) => void;
  /** Keeps connections open and passes nothing on. */
  readonly freeze: () => void;
}

async function startRelay(path: string, target: string): Promise<Relay> {
  const sockets = new Set<Socket>();
  let fatal: string | null = null;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ path: target, allowHalfOpen: true });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
    client.prependListener('data', (chunk: Buffer) => {
      if (fatal !== null && chunk.includes(fatal)) cut();
    });
  });
  const cut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  server.listen(path);
  await once(server, 'listening');
  return {
    path,
    connections: () => sockets.size / 2,
    cut,
    cutAt: (words) => {
      fatal = words;
    },
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause();
      server.removeAllListeners('connection');
    },
  };
}
