/** Says why the Docker Engine did not do what was asked, and what helps. Pure. */
import { asError, StrataError } from '../../harness/foundation/errors.ts';
import { errnoOf } from '../errno.ts';
import { describeAddress, type EngineAddress } from './engine-address.ts';

/** HTTP status of an answer by which the engine refused; undefined when there was no answer. */
export function refusalStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** Why no usable answer came from the engine at all: E310 missing, E311 stopped, E312 not permitted, E313 other. */
export function diagnoseSilence(thrown: unknown, address: EngineAddress): StrataError {
  const cause = asError(thrown);
  const place = `${describeAddress(address)} (from ${address.from})`;
  switch (errnoOf(cause)) {
    case 'ENOENT':
      return new StrataError({
        code: 'STRATA-E310',
        message: `Docker Engine is not there: no socket at ${place}`,
        fix:
          'install it: apt-get install -y --no-install-recommends docker.io iptables; ' +
          'start it: systemctl start docker (without systemd: dockerd & as root); ' +
          'or set DOCKER_HOST when its socket is elsewhere (see: docker context ls)',
        cause,
      });
    case 'ECONNREFUSED':
      return new StrataError({
        code: 'STRATA-E311',
        message: `Docker Engine is stopped: nobody listens at ${place}`,
        fix: 'start it: systemctl start docker (without systemd: dockerd & as root)',
        cause,
      });
    case 'EACCES':
    case 'EPERM':
      return new StrataError({
        code: 'STRATA-E312',
        message: `Docker Engine may not be used by this user: ${place} refuses uid ${process.getuid?.() ?? 'unknown'}`,
        fix: 'join the group of the socket: sudo usermod -aG docker "$USER", log in again; or run as root',
        cause,
      });
    case undefined:
    default:
      return new StrataError({
        code: 'STRATA-E313',
        message: `what answers at ${place} is no reachable Docker Engine`,
        fix: 'check what DOCKER_HOST names and that docker version works',
        cause,
      });
  }
}

/** A call that failed while a run was under way: E412 when the engine refused it, E410 when it did not answer. */
export function callError(thrown: unknown, what: string, address: EngineAddress): StrataError {
  if (thrown instanceof StrataError) return thrown;
  const status = refusalStatus(thrown);
  if (status !== undefined) {
    return new StrataError({
      code: 'STRATA-E412',
      message: `Docker Engine refused to ${what} (HTTP ${status})`,
      fix: 'see the cause, and the log of the engine: journalctl -u docker',
      cause: thrown,
    });
  }
  return new StrataError({
    code: 'STRATA-E410',
    message: `Docker Engine stopped answering when asked to ${what}`,
    fix: 'see whether it still runs: docker version; journalctl -u docker; then go on with --resume',
    cause: diagnoseSilence(thrown, address),
  });
}
