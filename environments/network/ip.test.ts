import { describe, expect, it } from 'vitest';
import { isTaken, refusalError } from './ip.ts';

describe('what ip refuses', () => {
  it('is told as a lack of rights, of tap devices, or in its own words', () => {
    const codeOf = (command: string, reason: string) => refusalError({ command, reason }).code;
    expect(codeOf('link add name x type bridge', 'RTNETLINK answers: Operation not permitted')).toBe(
      'STRATA-E341',
    );
    expect(codeOf('tuntap add dev x mode tap', 'ioctl(TUNSETIFF): Operation not permitted')).toBe(
      'STRATA-E341',
    );
    expect(codeOf('tuntap add dev x mode tap', 'open: No such file or directory')).toBe('STRATA-E342');
    const other = refusalError({ command: 'link set dev x up', reason: 'Cannot find device "x"' });
    expect(other.code).toBe('STRATA-E345');
    expect(String(other.cause)).toContain('Cannot find device');
  });

  it('is a collision when the kernel says that it exists', () => {
    expect(isTaken({ command: 'route add', reason: 'RTNETLINK answers: File exists' })).toBe(true);
    expect(isTaken({ command: 'route add', reason: 'RTNETLINK answers: Network is unreachable' })).toBe(
      false,
    );
  });
});
