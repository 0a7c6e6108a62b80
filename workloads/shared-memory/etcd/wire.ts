/**
 * The protocol-buffers wire format, as much of it as etcd's messages need: varints, and length-delimited strings
 * and messages. Not a general implementation; hand-made because it is on the measured path.
 */
import { malformed } from '../failures.ts';

const initialBytes = 4096;

/**
 * Writes a message from its last byte to its first: when the header of a nested message is due, its length is
 * already known. Hence callers add fields, and elements of repeated fields, in reverse.
 */
export class BackwardWriter {
  #buffer = Buffer.allocUnsafeSlow(initialBytes);
  #position = initialBytes;

  /** The place where a nested message ends; for `closeMessage`. */
  mark(): number {
    return this.#buffer.length - this.#position;
  }

  closeMessage(field: number, mark: number): void {
    this.#varint(this.mark() - mark);
    this.#tag(field, 2);
  }

  /** A number field that is never left out, 0 included. */
  varint(field: number, value: number): void {
    this.#varint(value);
    this.#tag(field, 0);
  }

  int64(field: number, value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    const bytes: number[] = [];
    while (rest >= 0x80n) {
      bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    this.#reserve(bytes.length);
    this.#position -= bytes.length;
    this.#buffer.set(bytes, this.#position);
    this.#tag(field, 0);
  }

  bytes(field: number, value: string | Uint8Array): void {
    const size = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
    this.#reserve(size);
    this.#position -= size;
    if (typeof value === 'string') this.#buffer.write(value, this.#position, size, 'utf8');
    else this.#buffer.set(value, this.#position);
    this.#varint(size);
    this.#tag(field, 2);
  }

  /** The message that `build` writes, as bytes of its own. What an earlier, failed build left is dropped. */
  encode(build: (writer: BackwardWriter) => void): Buffer {
    this.#position = this.#buffer.length;
    build(this);
    return Buffer.from(this.#buffer.subarray(this.#position));
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number): void {
    const size = varintSize(value);
    this.#reserve(size);
    this.#position -= size;
    let rest = value;
    for (let left = size - 1, at = this.#position; left >= 0; left -= 1, at += 1) {
      this.#buffer[at] = left === 0 ? rest : (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
  }

  #reserve(size: number): void {
    if (this.#position >= size) return;
    const used = this.mark();
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, used + size));
    this.#buffer.copy(larger, larger.length - used, this.#position);
    this.#buffer = larger;
    this.#position = larger.length - used;
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

/** Reads one message front to back. Every method throws E517 when the bytes end too early. */
export class WireReader {
  readonly #buffer: Buffer;
  readonly #end: number;
  #position: number;

  constructor(buffer: Buffer, start = 0, end = buffer.length) {
    this.#buffer = buffer;
    this.#position = start;
    this.#end = end;
  }

  get more(): boolean {
    return this.#position < this.#end;
  }

  /** Field number × 8 + wire type. */
  tag(): number {
    return this.varint();
  }

  /** Exact up to 2^53, which is what revisions and identifiers of watches need. */
  varint(): number {
    let value = 0;
    for (let shift = 0, scale = 1; shift < 70; shift += 7, scale *= 0x80) {
      const byte = this.#next();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw malformed('answer from etcd: a number with more than ten bytes');
  }

  /** A signed 64-bit number; negative ones are sent as ten bytes. */
  int64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#next();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw malformed('answer from etcd: a number with more than ten bytes');
  }

  text(): string {
    const start = this.#delimited();
    return this.#buffer.toString('utf8', start, this.#position);
  }

  /** A nested message. */
  message(): WireReader {
    const start = this.#delimited();
    return new WireReader(this.#buffer, start, this.#position);
  }

  /** Steps over a field whose tag has just been read. */
  skip(tag: number): void {
    const wireType = tag & 7;
    if (wireType === 0) while (this.#next() >= 0x80);
    else if (wireType === 2) this.#delimited();
    else if (wireType === 1) this.#advance(8);
    else if (wireType === 5) this.#advance(4);
    else throw malformed(`answer from etcd: wire type ${wireType}`);
  }

  #next(): number {
    const byte = this.#position < this.#end ? this.#buffer[this.#position] : undefined;
    if (byte === undefined) throw malformed('answer from etcd: it ends too early');
    this.#position += 1;
    return byte;
  }

  /** Moves behind a length-delimited value and returns where it starts. */
  #delimited(): number {
    const size = this.varint();
    const start = this.#position;
    this.#advance(size);
    return start;
  }

  #advance(size: number): void {
    if (size > this.#end - this.#position) throw malformed('answer from etcd: it ends too early');
    this.#position += size;
  }
}
