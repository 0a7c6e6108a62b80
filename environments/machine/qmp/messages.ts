/**
 * The part of the QEMU Machine Protocol that strata speaks ("QEMU QMP Reference Manual"): one JSON object a line.
 * What QEMU sends is believed to have the shape of its manual, but not to be JSON or to be of a known kind.
 */

type Nothing = Readonly<Record<string, never>>;

interface Command<Arguments, Return> {
  readonly arguments: Arguments;
  readonly returns: Return;
}

export interface MachineStatus {
  readonly running: boolean;
  /** `running`, `paused`, `inmigrate`, `postmigrate`, `io-error`, `shutdown`, `prelaunch` … */
  readonly status: string;
}

export interface MigrationStatus {
  /** Absent before the first migration; then `setup`, `active`, `completed`, `failed` … */
  readonly status?: string;
  readonly 'error-desc'?: string;
}

export interface MigrationCapability {
  /** Names with `x-` are experimental: `x-ignore-shared` leaves shared memory out of a snapshot. */
  readonly capability: 'x-ignore-shared' | 'events';
  readonly state: boolean;
}

export interface BlockDevice {
  readonly device: string;
  /** Only with werror/rerror: `ok`, `failed` or `nospace`. */
  readonly 'io-status'?: 'ok' | 'failed' | 'nospace';
  readonly inserted?: { readonly file: string; readonly drv: string; readonly ro: boolean };
}

/** Arguments and answer of each command. */
export interface QmpCommands {
  stop: Command<Nothing, Nothing>;
  cont: Command<Nothing, Nothing>;
  quit: Command<Nothing, Nothing>;
  system_powerdown: Command<Nothing, Nothing>;
  'query-status': Command<Nothing, MachineStatus>;
  'query-migrate': Command<Nothing, MigrationStatus>;
  migrate: Command<{ readonly uri: string }, Nothing>;
  'migrate-incoming': Command<{ readonly uri: string }, Nothing>;
  'migrate-set-capabilities': Command<{ readonly capabilities: readonly MigrationCapability[] }, Nothing>;
  'object-add': Command<
    { readonly 'qom-type': string; readonly id: string } & Readonly<Record<string, unknown>>,
    Nothing
  >;
  'qom-set': Command<{ readonly path: string; readonly property: string; readonly value: unknown }, Nothing>;
  'query-block': Command<Nothing, readonly BlockDevice[]>;
  set_link: Command<{ readonly name: string; readonly up: boolean }, Nothing>;
  /** What the human monitor prints. Its errors are in that text too: empty means done, for most commands. */
  'human-monitor-command': Command<{ readonly 'command-line': string }, string>;
}

export type CommandName = keyof QmpCommands;
export type CommandArguments<C extends CommandName> = QmpCommands[C]['arguments'];
export type CommandReturn<C extends CommandName> = QmpCommands[C]['returns'];

/** Data of each event. */
export interface QmpEvents {
  STOP: Nothing;
  RESUME: Nothing;
  POWERDOWN: Nothing;
  RESET: { readonly guest: boolean; readonly reason: string };
  /** `guest-shutdown` is a power-off; `guest-reset` is also what a panic becomes under `-no-reboot`. */
  SHUTDOWN: { readonly guest: boolean; readonly reason: string };
  BLOCK_IO_ERROR: {
    readonly device: string;
    readonly operation: 'read' | 'write';
    readonly action: 'ignore' | 'report' | 'stop';
    /** true: the host's disk is full. */
    readonly nospace?: boolean;
    readonly reason: string;
  };
  /** Only after the capability `events` was set. */
  MIGRATION: { readonly status: string };
  /** The guest opened or closed its end of a serial port. */
  VSERPORT_CHANGE: { readonly id: string; readonly open: boolean };
}

export type EventName = keyof QmpEvents;

export type QmpMessage =
  | { readonly kind: 'greeting'; readonly version: string }
  | { readonly kind: 'return'; readonly id: unknown; readonly value: unknown }
  | {
      readonly kind: 'error';
      readonly id: unknown;
      readonly errorClass: string;
      readonly description: string;
    }
  | { readonly kind: 'event'; readonly name: string; readonly data: unknown };

interface Wire {
  readonly QMP?: { readonly version?: { readonly qemu?: Readonly<Record<string, number>> } };
  readonly id?: unknown;
  readonly return?: unknown;
  readonly error?: { readonly class?: unknown; readonly desc?: unknown };
  readonly event?: unknown;
  readonly data?: unknown;
}

/** Throws when the line is not a message of the protocol. */
export function parseMessage(line: string): QmpMessage {
  const wire = JSON.parse(line) as Wire | null;
  if (typeof wire === 'object' && wire !== null) {
    if ('return' in wire) return { kind: 'return', id: wire.id, value: wire.return };
    if (wire.error !== undefined) {
      const { class: errorClass, desc } = wire.error;
      return { kind: 'error', id: wire.id, errorClass: String(errorClass), description: String(desc) };
    }
    if (typeof wire.event === 'string') return { kind: 'event', name: wire.event, data: wire.data ?? {} };
    if (wire.QMP !== undefined) return { kind: 'greeting', version: versionText(wire.QMP.version?.qemu) };
  }
  throw new Error('neither a greeting nor an answer nor an event');
}

function versionText(version: Readonly<Record<string, number>> = {}): string {
  return ['major', 'minor', 'micro'].map((part) => version[part] ?? '?').join('.');
}

export function requestLine(id: number, command: string, args: object): string {
  const hasArguments = Object.keys(args).length > 0;
  return `${JSON.stringify({ execute: command, ...(hasArguments ? { arguments: args } : {}), id })}\n`;
}

/** Cuts a stream of text into lines wherever the chunks end; what follows the last line break is kept. */
export function lineSplitter(): (chunk: string) => string[] {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  };
}
