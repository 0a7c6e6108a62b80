/**
 * Header blocks (HPACK, RFC 7541) without the dynamic table: we announce a table of size 0, so the other side may
 * not use one, and we write literals only. A block then means the same whenever it comes.
 */
import { malformed } from '../../failures.ts';
import { decodeHuffman } from './huffman.ts';

export type Headers = ReadonlyMap<string, string>;

/** RFC 7541, appendix A: the names, and the values of those that have one, from index 1. */
const staticTable: readonly string[] =
  `:authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200|:status 204|
:status 206|:status 304|:status 400|:status 404|:status 500|accept-charset|accept-encoding gzip, deflate|
accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|authorization|cache-control|
content-disposition|content-encoding|content-language|content-length|content-location|content-range|content-type|
cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|
last-modified|link|location|max-forwards|proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|
server|set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate`
    .replaceAll('\n', '')
    .split('|');

/** Literals that are not to be indexed, without Huffman: names and values of ASCII. */
export function encodeHeaders(headers: readonly (readonly [name: string, value: string])[]): Buffer {
  const parts = headers.flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)]);
  return Buffer.concat(parts);
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 0x7f) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const rest = bytes.length - 0x7f;
  if (rest >= 0x4000) throw new RangeError(`a header of ${bytes.length} bytes`);
  const length = rest < 0x80 ? [0x7f, rest] : [0x7f, (rest & 0x7f) | 0x80, rest >> 7];
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** Throws E517 for what is no header block, or needs a dynamic table. */
export function decodeHeaders(block: Buffer): Headers {
  const reader = new BlockReader(block);
  const headers = new Map<string, string>();
  while (reader.more) {
    const [name, value] = reader.field();
    if (name !== '') headers.set(name, value);
  }
  return headers;
}

class BlockReader {
  readonly #block: Buffer;
  #position = 0;

  constructor(block: Buffer) {
    this.#block = block;
  }

  get more(): boolean {
    return this.#position < this.#block.length;
  }

  /** The next field; its name is empty when it was an update of the table's size, which changes nothing. */
  field(): readonly [name: string, value: string] {
    const first = this.#peek();
    if (first >= 0x80) return staticField(this.#integer(7));
    if (first >= 0x40) return this.#literalField(6);
    if (first >= 0x20) {
      this.#integer(5);
      return ['', ''];
    }
    return this.#literalField(4);
  }

  #literalField(prefixBits: number): readonly [string, string] {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#text() : staticField(index)[0];
    return [name, this.#text()];
  }

  #text(): string {
    const isHuffman = this.#peek() >= 0x80;
    const size = this.#integer(7);
    const end = this.#position + size;
    if (end > this.#block.length) throw tooShort();
    const bytes = this.#block.subarray(this.#position, end);
    this.#position = end;
    return isHuffman ? decodeHuffman(bytes) : bytes.toString('latin1');
  }

  /** RFC 7541, section 5.1. */
  #integer(prefixBits: number): number {
    const limit = 2 ** prefixBits - 1;
    let value = this.#next() & limit;
    if (value < limit) return value;
    for (let scale = 1; scale <= 0x80 ** 3; scale *= 0x80) {
      const byte = this.#next();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw malformed('HTTP/2 header: a number with more than five bytes');
  }

  #peek(): number {
    const byte = this.#block[this.#position];
    if (byte === undefined) throw tooShort();
    return byte;
  }

  #next(): number {
    const byte = this.#peek();
    this.#position += 1;
    return byte;
  }
}

function staticField(index: number): readonly [name: string, value: string] {
  const field = staticTable[index - 1];
  if (field === undefined)
    throw malformed(`HTTP/2 header: index ${index} into a table that was not agreed to`);
  const space = field.indexOf(' ');
  return space < 0 ? [field, ''] : [field.slice(0, space), field.slice(space + 1)];
}

function tooShort(): Error {
  return malformed('HTTP/2 header: it ends too early');
}
