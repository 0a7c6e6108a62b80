/**
 * The contract every environment keeps. An {@link Environment} is opened once a run (image, network), starts a
 * fresh set of nodes for every trial, and hands them over as things with an address on which commands run. It
 * knows nothing about workloads.
 */
import type { BootMode, EnvironmentName, StorageMedium } from '../harness/foundation/cell.ts';

/** What one node of a trial is asked to be. */
export interface NodeSpec {
  /** Unique in the trial: `store`, `replica-1`, … */
  readonly name: string;
  /** Where the node's data directory lives. */
  readonly storage: StorageMedium;
  /** CPU limit in cores; absent = unlimited. */
  readonly cpus?: number;
  /** Memory limit; absent = unlimited. */
  readonly memoryBytes?: number;
}

/** What an environment needs to know about the run it serves. */
export interface RunScope {
  readonly runId: string;
  /** Host directory for logs of this run; exists. */
  readonly logDir: string;
  readonly signal: AbortSignal;
  /** What nodes of the run will be, as far as it is known: lets the environment prepare before the first trial. */
  readonly expected?: readonly ExpectedNodes[];
  /** Says what is being done, for the progress display: "importing the image, 1.0 GB". */
  readonly progress: (message: string) => void;
}

/** The nodes of a kind of trial. */
export type ExpectedNodes = Pick<TrialScope, 'nodes' | 'boot'>;

export interface TrialScope {
  readonly trialId: string;
  readonly nodes: readonly NodeSpec[];
  /** How machines come up, where there are any (`Clonable`); absent = warm. */
  readonly boot?: BootMode;
  readonly signal: AbortSignal;
}

/** Facts for the manifest: engine version, image digest, accelerator … Values are shown as they are. */
export type EnvironmentFacts = Readonly<Record<string, string | number | boolean>>;

export interface Environment {
  readonly name: EnvironmentName | 'fake';
  /** Checks by doing what `open` will need; throws a STRATA-E3xx error with the cause and the fix. */
  preflight(signal: AbortSignal): Promise<void>;
  /** Acquires what all trials of a run share. Disposing it removes every object that carries the run id. */
  open(scope: RunScope): Promise<OpenEnvironment>;
  /** Removes what dead runs left; never touches a run for which `isLive` is true. Returns what was removed. */
  reap(isLive: (runId: string) => boolean, signal: AbortSignal): Promise<readonly Leftover[]>;
}

export interface OpenEnvironment extends AsyncDisposable {
  readonly facts: EnvironmentFacts;
  /** Starts all nodes of a trial at once; a start that fails cleans up and rethrows the original error. */
  start(trial: TrialScope): Promise<StartedNodes>;
}

/** The nodes of one trial. Disposing it ends every process and removes every file of them; twice is harmless. */
export interface StartedNodes extends AsyncDisposable {
  readonly nodes: readonly Node[];
}

export interface Leftover {
  readonly kind: 'process' | 'container' | 'network' | 'volume' | 'directory' | 'port-lease' | 'vm' | 'link';
  readonly name: string;
  readonly runId: string;
}

export interface ExecOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export interface ExecResult {
  /** 128 + signal number when a signal ended the command, as in a shell. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnOptions {
  /** Unique on the node; names the log file. */
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A long-running command on a node. It dies with its node. */
export interface NodeProcess {
  readonly name: string;
  /** Resolves with the exit code when the process ends, for whatever reason. Never rejects. */
  readonly exited: Promise<number>;
  signal(name: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** The last lines of its stdout and stderr, interleaved as written. */
  logTail(lines: number): Promise<string>;
}

export interface NodeStats {
  readonly cpuNs: number;
  readonly memoryBytes: number;
  readonly networkReceivedBytes: number | null;
  readonly networkSentBytes: number | null;
  /** Time the CPU limit held the node back; null where there is no limit to measure. */
  readonly throttledNs: number | null;
}

export interface Node {
  readonly name: string;
  readonly spec: NodeSpec;
  /** Address at which the harness and all other nodes of the trial reach it. */
  readonly address: string;
  /** Absolute directory on the node, empty at start, on the medium of `spec.storage`. */
  readonly dataDir: string;
  /** Absolute directory on the node for programs and configuration; empty at start. */
  readonly workDir: string;
  /** Host path where this node's logs are kept while it lives; named in errors. */
  readonly logDir: string;
  /** A TCP port that is free on `address` and handed out only once. */
  allocatePort(): Promise<number>;
  /** Runs a command to its end. Rejects only when it could not be run; a non-zero exit is a result. */
  exec(command: readonly [string, ...string[]], options: ExecOptions): Promise<ExecResult>;
  spawn(command: readonly [string, ...string[]], options: SpawnOptions): Promise<NodeProcess>;
  put(content: Uint8Array, path: string): Promise<void>;
  get(path: string): Promise<Uint8Array>;
  /** Ends everything on the node at once, as a power cut would. The data directory may be lost. */
  kill(): Promise<void>;
  stats(): Promise<NodeStats>;
}

/** Optional ability: nodes can be stopped in place and go on later. */
export interface Pausable {
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export function isPausable(node: Node): node is Node & Pausable {
  return 'pause' in node && 'resume' in node;
}

/**
 * Optional ability: whether limits can be kept depends on the machine. An environment without it always keeps them.
 */
export interface Limiting {
  /** null when a node can be held to CPU and memory limits; else the error that says why not. */
  whyNoLimits(): Promise<Error | null>;
}

export function isLimiting(environment: Environment): environment is Environment & Limiting {
  return 'whyNoLimits' in environment;
}

/** Optional ability: the environment can offer these media; without it only `disk` may be asked for. */
export interface StorageMedia {
  readonly storageMedia: ReadonlySet<StorageMedium>;
}

export function hasStorageMedia(environment: Environment): environment is Environment & StorageMedia {
  return 'storageMedia' in environment;
}

/** Something that happened while a node came up. */
export interface BootEvent {
  /** `cloned` or, from nothing, `kernel`, `disk`, `listening`; then `identity`, `ready`, `connected`. */
  readonly name: string;
  /** Milliseconds since the start of the node began. */
  readonly atMs: number;
}

/** Optional ability: nodes wake from a prepared machine (warm) or boot from nothing (cold), as a trial asks. */
export interface Clonable {
  readonly bootModes: ReadonlySet<BootMode>;
}

export function isClonable(environment: Environment): environment is Environment & Clonable {
  return 'bootModes' in environment;
}

/** Optional ability: the node tells how it came up. */
export interface Booted {
  /** Name of the machine; nodes that share one name the same. */
  readonly machine: string;
  readonly bootTimeline: readonly BootEvent[];
  /** Why earlier attempts to boot failed, in words; empty when the first one succeeded. */
  readonly bootFailures: readonly string[];
}

export function isBooted(node: Node): node is Node & Booted {
  return 'bootTimeline' in node;
}

/** Optional ability: the node notices when it fails, instead of going silent. */
export interface FailureDetecting {
  /** Aborts with a STRATA-E4xx error when the node has ended and neither `kill` nor disposing ended it. */
  readonly failed: AbortSignal;
}

export function isFailureDetecting(node: Node): node is Node & FailureDetecting {
  return 'failed' in node;
}
