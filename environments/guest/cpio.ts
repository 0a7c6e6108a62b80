/**
 * Archives in the "new ASCII" format of cpio, as the kernel reads an initramfs (Documentation/driver-api/early-userspace/
 * buffer-format.rst of Linux). The same entries give the same bytes. Non-goal: links and devices.
 */

export type CpioEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  /** `mode` holds the permission bits only. */
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly data: Uint8Array };

const magic = '070701';
const trailer = 'TRAILER!!!';
const directoryType = 0o040000;
const fileType = 0o100000;
const alignment = 4;

/** Paths are relative, without a leading slash; a directory must come before what it holds. All belongs to root. */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const members = entries.map((entry, index) => {
    const data = entry.kind === 'file' ? entry.data : new Uint8Array();
    const type = entry.kind === 'file' ? fileType : directoryType;
    return member({ inode: index + 1, mode: type | entry.mode, path: entry.path, data });
  });
  const end = member({ inode: 0, mode: 0, path: trailer, data: new Uint8Array() });
  return Buffer.concat([...members, end]);
}

interface Member {
  readonly inode: number;
  readonly mode: number;
  readonly path: string;
  readonly data: Uint8Array;
}

function member({ inode, mode, path, data }: Member): Buffer {
  const name = Buffer.from(`${path}\0`);
  const [uid, gid, links, modified, major, minor, deviceMajor, deviceMinor, checksum] = [
    0, 0, 1, 0, 0, 0, 0, 0, 0,
  ];
  const fields = [
    ...[inode, mode, uid, gid, links, modified, data.length],
    ...[major, minor, deviceMajor, deviceMinor, name.length, checksum],
  ];
  const header = Buffer.from(magic + fields.map((field) => field.toString(16).padStart(8, '0')).join(''));
  return Buffer.concat([padded(Buffer.concat([header, name])), padded(data)]);
}

function padded(bytes: Uint8Array): Buffer {
  const excess = bytes.length % alignment;
  return Buffer.concat([bytes, Buffer.alloc(excess === 0 ? 0 : alignment - excess)]);
}
