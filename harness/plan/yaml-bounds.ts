/**
 * Bounds on a file before it is parsed. The YAML parser recurses, and deep nesting does not merely overflow its
 * stack: the engine aborts the whole process when a regular expression is compiled near the stack's end. So depth is
 * counted on the lexer's flat tokens, which need no stack.
 */
import { Lexer } from 'yaml';

/** The largest sensible file is two orders of magnitude smaller. */
export const maxFileCharacters = 32 * 1024;
const maxFlowDepth = 16;
const maxIndicatorColumn = 100;

/** Announces that the next token is the text of a scalar. */
const scalarMark = '\u001f';
/** Tokens the lexer makes up: start of a document, end of a broken flow, scalar to come. */
const zeroWidthMarks: ReadonlySet<string> = new Set(['\u0002', '\u0018', scalarMark]);

export interface Excess {
  readonly offset: number;
  readonly reason: string;
}

/** The first place at which a text goes beyond what an experiment file may be. */
export function tooMuch(text: string): Excess | undefined {
  if (text.length > maxFileCharacters) {
    return {
      offset: 0,
      reason: `the file has ${text.length} characters; at most ${maxFileCharacters} are read`,
    };
  }
  let flowDepth = 0;
  for (const { token, offset, column } of tokensOf(text)) {
    if (token === '[' || token === '{') flowDepth += 1;
    else if (token === ']' || token === '}') flowDepth = Math.max(0, flowDepth - 1);
    // A nested block starts further right than its parent, so the column of its indicator bounds the depth.
    const isFarRight = /^[-?:]$/.test(token) && flowDepth === 0 && column > maxIndicatorColumn;
    if (flowDepth > maxFlowDepth || isFarRight) {
      return { offset, reason: 'the values are nested too deeply; an experiment needs two levels' };
    }
  }
  return undefined;
}

/** The structural tokens with their places; the text of scalars is passed over. */
function* tokensOf(text: string): Generator<{ token: string; offset: number; column: number }> {
  let offset = 0;
  let lineStart = 0;
  let isContent = false;
  for (const token of new Lexer().lex(text)) {
    const isMark = !isContent && zeroWidthMarks.has(token);
    if (!isContent && !isMark) yield { token, offset, column: offset - lineStart };
    isContent = token === scalarMark;
    if (isMark) continue;
    offset += token.length;
    if (token.includes('\n')) lineStart = offset - (token.length - token.lastIndexOf('\n') - 1);
  }
}
