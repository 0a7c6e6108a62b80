import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpioArchive, type CpioEntry } from './cpio.ts';

/** The format read back by its definition: 110 bytes of ASCII, name and data each padded to four bytes. */
function readArchive(archive: Buffer): { name: string; mode: number; inode: number; data: Buffer }[] {
  const members = [];
  for (let at = 0; at < archive.length;) {
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const [inode, mode, size, nameSize] = [field(0), field(1), field(6), field(11)];
    const name = archive.toString('utf8', at + 110, at + 110 + nameSize - 1);
    expect(archive[at + 110 + nameSize - 1]).toBe(0);
    const dataAt = Math.ceil((at + 110 + nameSize) / 4) * 4;
    members.push({ name, mode, inode, data: archive.subarray(dataAt, dataAt + size) });
    at = Math.ceil((dataAt + size) / 4) * 4;
  }
  return members;
}

const entry: fc.Arbitrary<CpioEntry> = fc
  .record({
    path: fc.stringMatching(/^[a-zä0-9_./-]{1,40}$/),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    data: fc.uint8Array({ maxLength: 300 }),
  })
  .chain(({ path, mode, data }) =>
    fc.constantFrom<CpioEntry>({ kind: 'file', path, mode, data }, { kind: 'directory', path, mode }),
  );

describe('a cpio archive', () => {
  it('holds every entry, in order, with its type, mode and bytes, and ends with the trailer', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
        const members = readArchive(cpioArchive(entries));
        expect(members.pop()?.name).toBe('TRAILER!!!');
        expect(members.map(({ name, mode }) => [name, mode])).toEqual(
          entries.map(({ path, mode, kind }) => [path, mode | (kind === 'file' ? 0o100000 : 0o040000)]),
        );
        expect(members.map(({ data }) => [...data])).toEqual(
          entries.map((given) => (given.kind === 'file' ? [...given.data] : [])),
        );
        expect(new Set(members.map(({ inode }) => inode)).size).toBe(members.length);
      }),
    );
  });

  it('is the same bytes for the same entries', () => {
    const entries: CpioEntry[] = [{ kind: 'file', path: 'init', mode: 0o755, data: Buffer.from('x') }];
    expect(cpioArchive(entries)).toEqual(cpioArchive(entries));
  });
});
