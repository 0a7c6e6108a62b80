/**
 * A stream of bytes cut into pieces that tell their own length: a head of fixed size, and a body whose size follows
 * from it. What comes in one chunk is not copied.
 */
export interface PieceShape {
  readonly headBytes: number;
  /** Reads the head that begins at `at`; throws for what cannot be one. */
  readonly bodyBytes: (bytes: Buffer, at: number) => number;
}

/** Returns what takes the chunks as they come; `onPiece` gets each piece whole, with its head. */
export function pieceReader(
  { headBytes, bodyBytes }: PieceShape,
  onPiece: (piece: Buffer) => void,
): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let buffered = 0;
  /** Bytes that must be there before anything can be done. */
  let wanted = headBytes;
  return (chunk) => {
    chunks.push(chunk);
    buffered += chunk.length;
    if (buffered < wanted) return;
    const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks, buffered);
    let at = 0;
    for (;;) {
      const there = bytes.length - at;
      wanted = there < headBytes ? headBytes : headBytes + bodyBytes(bytes, at);
      if (there < wanted) break;
      const piece = bytes.subarray(at, at + wanted);
      at += wanted;
      onPiece(piece);
    }
    chunks = at === bytes.length ? [] : [bytes.subarray(at)];
    buffered = bytes.length - at;
  };
}
