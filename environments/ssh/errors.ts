/** What can go wrong between the harness and a node's SSH server, in the user's words. */
import { createHash } from 'node:crypto';
import { StrataError } from '../../harness/foundation/errors.ts';

/** Codes of this folder; E430 (never answered) comes from the deadline. */
export const sshCodes = {
  unreachable: 'STRATA-E430',
  otherHostKey: 'STRATA-E431',
  keyRefused: 'STRATA-E432',
  lost: 'STRATA-E433',
  noChannel: 'STRATA-E434',
  command: 'STRATA-E435',
  file: 'STRATA-E436',
} as const;

export interface ErrorPlace {
  /** Name of the node. */
  readonly node: string;
  readonly host: string;
  readonly port: number;
  /** Path of the machine's serial log on the host, where there is one. */
  readonly serialLog: string | null;
}

export function logOf({ serialLog }: ErrorPlace): { log?: string } {
  return serialLog === null ? {} : { log: serialLog };
}

export function otherHostKey(place: ErrorPlace, pinned: Buffer, shown: Buffer): StrataError {
  return new StrataError({
    code: sshCodes.otherHostKey,
    message: `${place.host}:${place.port} is not node ${place.node}: it shows another host key than the node was given`,
    fix: `look which machine answers at ${place.host}; \`strata clean\` removes what dead runs left`,
    cause: new Error(`expected ${fingerprint(pinned)}, was shown ${fingerprint(shown)}`),
    ...logOf(place),
  });
}

export function keyRefused(place: ErrorPlace, cause: unknown): StrataError {
  return new StrataError({
    code: sshCodes.keyRefused,
    message: `node ${place.node} (${place.host}:${place.port}) refuses the key of the run`,
    fix: 'start the trial again; if it happens each time, the node was not given its authorized_keys',
    cause,
    ...logOf(place),
  });
}

export function connectionLost(place: ErrorPlace, cause: unknown): StrataError {
  return new StrataError({
    code: sshCodes.lost,
    message: `the SSH connection to node ${place.node} (${place.host}:${place.port}) was lost`,
    fix: 'look in the log whether the machine still runs, then start the trial again',
    ...(cause === undefined ? {} : { cause }),
    ...logOf(place),
  });
}

export function noChannel(place: ErrorPlace, cause: unknown): StrataError {
  return new StrataError({
    code: sshCodes.noChannel,
    message: `node ${place.node} (${place.host}:${place.port}) cannot be asked to run a command`,
    fix: 'see the cause; a node that was killed or disposed takes no more commands',
    ...(cause === undefined ? {} : { cause }),
    ...logOf(place),
  });
}

/** As `ssh-keygen -l` shows it. */
function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
