/** Guests for tests that need a machine and no guest image: kernels of a few instructions that QEMU loads. */

const fileBytes = 8 * 1024;
const entry = 0x200;
const afterHeader = 0x280;

/** A kernel that does nothing for ever. */
export function spinningKernel(): Uint8Array {
  return kernel([0xeb, 0xfe]); // jmp to itself
}

/** A kernel that writes a sector of each cylinder of its first disk in turn, for ever. */
export function writingKernel(): Uint8Array {
  return kernel([
    ...[0xb9, 0x01, 0x00], // mov cx, 1: cylinder 0, sector 1
    ...[0xba, 0x80, 0x00], // mov dx, 0x80: head 0 of the first disk
    ...[0xbb, 0x00, 0x10], // mov bx, 0x1000: from there
    ...[0xb8, 0x01, 0x03], // mov ax, 0x0301: write one sector
    ...[0xcd, 0x13], //       int 0x13: by the firmware
    ...[0xfe, 0xc5], //       inc ch: the next cylinder
    ...[0xeb, 0xf7], //       jmp to "mov ax"
  ]);
}

/** An image as the Linux boot protocol 2.12 asks for; the code runs in real mode. */
function kernel(code: readonly number[]): Uint8Array {
  const image = Buffer.alloc(fileBytes);
  image.writeUInt8(1, 0x1f1); // setup_sects
  image.writeUInt16LE(0xaa55, 0x1fe); // boot_flag
  image.writeUInt8(0xeb, entry); // jump over the header
  image.writeUInt8(afterHeader - entry - 2, entry + 1);
  image.write('HdrS', 0x202, 'latin1'); // header
  image.writeUInt16LE(0x020c, 0x206); // version
  image.writeUInt8(1, 0x211); // loadflags: the kernel goes above 1 MiB
  image.writeUInt32LE(0x7fff_ffff, 0x22c); // initrd_addr_max
  image.writeUInt32LE(0x7ff, 0x238); // cmdline_size
  image.set(code, afterHeader);
  return image;
}
