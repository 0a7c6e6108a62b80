/** What can go wrong between strata and QEMU's monitor, as errors a user can act on. */
import { StrataError } from '../../../harness/foundation/errors.ts';

/** QEMU's own words when it refuses a command: the cause of an E429. */
export class QmpRefusal extends Error {
  override readonly name = 'QmpRefusal';
  readonly command: string;
  /** `GenericError`, `CommandNotFound`, `DeviceNotFound` … */
  readonly errorClass: string;
  readonly description: string;

  constructor(command: string, errorClass: string, description: string) {
    super(`${errorClass}: ${description}`);
    this.command = command;
    this.errorClass = errorClass;
    this.description = description;
  }
}

/** QEMU's refusal inside whatever `execute` threw; null when something else went wrong. */
export function refusalOf(error: unknown): QmpRefusal | null {
  const cause = error instanceof StrataError ? error.cause : error;
  return cause instanceof QmpRefusal ? cause : null;
}

/** Where a monitor is and where its QEMU writes. */
export interface MonitorPlace {
  readonly path: string;
  readonly log: string | undefined;
}

type Code = 'STRATA-E425' | 'STRATA-E428' | 'STRATA-E429';

function monitorError(place: MonitorPlace, code: Code, message: string, fix: string, cause: unknown) {
  const log = place.log === undefined ? {} : { log: place.log };
  return new StrataError({ code, message, fix, cause, ...log });
}

export const readTheLog = 'read what QEMU says in its log';

/** E425 */
export function unreachable(place: MonitorPlace, why: string, cause: unknown): StrataError {
  return monitorError(place, 'STRATA-E425', `QEMU's monitor at ${place.path} ${why}`, readTheLog, cause);
}

/** E429 */
export function refused(place: MonitorPlace, refusal: QmpRefusal): StrataError {
  const message = `QEMU refused '${refusal.command}': ${refusal.message}`;
  const fix = 'see the words of QEMU; a command it does not know needs a newer version';
  return monitorError(place, 'STRATA-E429', message, fix, refusal);
}

/** E428 */
export function lost(place: MonitorPlace, doing: string, cause: Error): StrataError {
  const message = `the connection to QEMU's monitor at ${place.path} was lost before ${doing}: ${cause.message}`;
  return monitorError(place, 'STRATA-E428', message, readTheLog, cause);
}

/** E425, too: something is there, and it is not QEMU. */
export function notQmp(place: MonitorPlace, line: string, cause: unknown): StrataError {
  const quoted = JSON.stringify(line.slice(0, 200));
  const message = `what answers at ${place.path} does not speak QMP: ${quoted}`;
  return monitorError(place, 'STRATA-E425', message, 'end what listens there; it is not QEMU', cause);
}
