/** Host processes that pass for machines: slow to open, with a way they came up, and facts as asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Environment,
  EnvironmentFacts,
  RunScope,
  StorageMedia,
  TrialScope,
} from '../../environments/environment.ts';
import { createProcessEnvironment } from '../../environments/process/process-environment.ts';

export interface MachineScript {
  /** Opening takes this long, or until its signal aborts: then it fails with `openBreaksWith`, else with the reason. */
  readonly openTakesMs?: number;
  /** The first so many openings take no time. */
  readonly quickOpenings?: number;
  readonly openBreaksWith?: Error;
  readonly facts?: EnvironmentFacts;
  /** By node: why it had to be booted again. */
  readonly bootFailures?: Readonly<Record<string, readonly string[]>>;
  /** Called when opening has begun. */
  readonly onOpen?: () => void;
}

export function fakeMachines(script: MachineScript = {}) {
  const real = createProcessEnvironment();
  const scopes: RunScope[] = [];
  const trials: TrialScope[] = [];
  /** Run ids of what was opened to the end and then closed. */
  const closed: string[] = [];
  const environment: Environment & StorageMedia = {
    ...real,
    open: async (scope) => {
      scopes.push(scope);
      const open = await real.open(scope);
      script.onOpen?.();
      try {
        const isQuick = scopes.length <= (script.quickOpenings ?? 0);
        await sleep(isQuick ? 0 : (script.openTakesMs ?? 0), undefined, { signal: scope.signal });
      } catch {
        await open[Symbol.asyncDispose]();
        throw script.openBreaksWith ?? scope.signal.reason;
      }
      return {
        facts: { ...open.facts, ...script.facts },
        start: async (trial) => {
          trials.push(trial);
          const started = await open.start(trial);
          for (const node of started.nodes) Object.assign(node, bootOf(node.name, script));
          return started;
        },
        [Symbol.asyncDispose]: async () => {
          closed.push(scope.runId);
          await open[Symbol.asyncDispose]();
        },
      };
    },
  };
  return { environment, scopes, trials, closed };
}

function bootOf(name: string, { bootFailures = {} }: MachineScript) {
  const bootTimeline = [
    { name: 'kernel', atMs: 12.5 },
    { name: 'ready', atMs: 2600 },
  ];
  return { machine: name, bootTimeline, bootFailures: bootFailures[name] ?? [] };
}
