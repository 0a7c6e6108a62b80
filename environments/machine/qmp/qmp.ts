/** A line to a running QEMU, as the rest of strata sees it. */
import type { CommandArguments, CommandName, CommandReturn, EventName, QmpEvents } from './messages.ts';

export interface Limits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface EventWait<E extends EventName> extends Partial<Limits> {
  /** Only an event it accepts ends the wait; every one unless told. */
  readonly accept?: (data: QmpEvents[E]) => boolean;
}

/** What follows the name of a command: arguments where it takes any, limits where the connection's do not fit. */
export type Rest<C extends CommandName> =
  Record<string, never> extends CommandArguments<C>
    ? [args?: CommandArguments<C>, limits?: Partial<Limits>]
    : [args: CommandArguments<C>, limits?: Partial<Limits>];

export interface Qmp extends Disposable {
  /**
   * Sends at once, also while others are unanswered. Throws E429 when QEMU refuses (`refusalOf` tells its words), E427
   * at the deadline, E428 when the connection is or gets lost. A late answer is dropped, the command may have worked.
   */
  readonly execute: <C extends CommandName>(command: C, ...rest: Rest<C>) => Promise<CommandReturn<C>>;
  /** Hears every such event until disposed, in the order of QEMU. A listener must not throw. */
  readonly on: <E extends EventName>(event: E, listener: (data: QmpEvents[E]) => void) => Disposable;
  /** The next such event after the call: call it before the command that brings it about. Throws E427 and E428. */
  readonly nextEvent: <E extends EventName>(event: E, wait?: EventWait<E>) => Promise<QmpEvents[E]>;
  /** Resolves when the connection is gone, for whatever reason. Never rejects. */
  readonly closed: Promise<void>;
}
