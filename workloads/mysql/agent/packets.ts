/**
 * The packets of prepared inserts, laid out by hand: the text of all tuples has one length, so every row takes the same
 * number of bytes, is written once and serves both the local insert and the batch for the others. Layout of
 * COM_STMT_EXECUTE: https://mariadb.com/kb/en/com_stmt_execute/ (integers little-endian).
 */
import { parametersPerRow } from '../schema.ts';
import { tupleText, tupleValue, writeTupleText, type Batch } from '../tuples.ts';

const commandExecute = 0x17;
const commandQuery = 0x03;
/** Types of seq, value, text: LONG, TINY, STRING, each followed by an unsigned flag of 0. */
const rowTypes = [3, 0, 1, 0, 254, 0];

/** Packet header, command, statement, flags, count. */
const headBytes = 14;
const statementAt = 5;

/** One packet carries less than 16 MiB; more would have to be split. */
export const largestPacketBytes = 0xff_ffff - 1;

export interface RowFormat {
  readonly stringLength: number;
  /** Bytes of one row's values. */
  readonly rowBytes: number;
}

export function rowFormat(stringLength: number): RowFormat {
  return { stringLength, rowBytes: 4 + 1 + lengthBytes(stringLength) + stringLength };
}

function lengthBytes(length: number): number {
  return length < 251 ? 1 : 3;
}

/** Offset of the first row in a packet of so many rows. */
export function valuesOffset(rows: number): number {
  return headBytes + Math.ceil((rows * parametersPerRow) / 8) + 1 + rows * rowTypes.length;
}

/** Head, NULL bitmap, the flag that types follow, the types, and room for the rows. The statement is not named yet. */
export function insertPacket(format: RowFormat, rows: number): Buffer {
  const packet = Buffer.alloc(valuesOffset(rows) + rows * format.rowBytes);
  packet.set(executeHead(0, packet.length));
  const typesAt = valuesOffset(rows) - rows * rowTypes.length;
  packet[typesAt - 1] = 1;
  for (let row = 0; row < rows; row += 1) packet.set(rowTypes, typesAt + row * rowTypes.length);
  return packet;
}

/** Writes the values of one tuple at `offset`. */
export function writeRow(
  { stringLength }: RowFormat,
  ofLane: number,
  seq: number,
  packet: Buffer,
  offset: number,
): void {
  packet.writeInt32LE(seq, offset);
  packet[offset + 4] = tupleValue(ofLane, seq);
  let at = offset + 5;
  if (stringLength < 251) {
    packet[at++] = stringLength;
  } else {
    packet[at++] = 0xfc;
    packet.writeUInt16LE(stringLength, at);
    at += 2;
  }
  writeTupleText(ofLane, seq, stringLength, packet, at);
}

/** A packet with all rows of a batch. */
export function batchPacket(format: RowFormat, ofLane: number, { firstSeq, count }: Batch): Buffer {
  const packet = insertPacket(format, count);
  const firstAt = valuesOffset(count);
  for (let row = 0; row < count; row += 1)
    writeRow(format, ofLane, firstSeq + row, packet, firstAt + row * format.rowBytes);
  return packet;
}

/** The head of a packet of so many bytes in all. */
function executeHead(statementId: number, packetBytes: number): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUIntLE(packetBytes - 4, 0, 3);
  head[4] = commandExecute;
  head.writeUInt32LE(statementId, statementAt);
  head.writeUInt32LE(1, 10);
  return head;
}

/**
 * The packet as parts to be sent that execute this statement. It names the statement of whoever sends it first; numbers
 * are counted per connection, so that those of the others are usually the same.
 */
export function forStatement(packet: Buffer, statementId: number): readonly [Uint8Array, Uint8Array?] {
  const named = packet.readUInt32LE(statementAt);
  if (named === 0) packet.writeUInt32LE(statementId, statementAt);
  else if (named !== statementId)
    return [executeHead(statementId, packet.length), packet.subarray(headBytes)];
  return [packet];
}

/** A statement as text, for batches that are not full: they are rare and would need statements of their own. */
export function queryPacket(sql: string): Buffer {
  const packet = Buffer.alloc(5 + Buffer.byteLength(sql));
  packet.writeUIntLE(packet.length - 4, 0, 3);
  packet[4] = commandQuery;
  packet.write(sql, 5);
  return packet;
}

/** The rows of a batch as literals; letters need no quoting. */
export function rowLiterals(
  { stringLength }: RowFormat,
  origin: number,
  lane: number,
  ofLane: number,
  { firstSeq, count }: Batch,
): string {
  return Array.from({ length: count }, (_unused, row) => {
    const seq = firstSeq + row;
    return `(${origin},${lane},${seq},${tupleValue(ofLane, seq)},'${tupleText(ofLane, seq, stringLength)}')`;
  }).join(',');
}

/** Bytes of the largest packet that a batch of so many rows can need, as a statement or as text. */
export function largestBatchBytes(stringLength: number, rows: number): number {
  const asText = 100 + rows * (stringLength + "(14,63,2147483647,100,''),".length);
  return Math.max(asText, valuesOffset(rows) + rows * rowFormat(stringLength).rowBytes);
}
