/**
 * An experiment file as a layer of values that know their line and column. Nothing in a file can do more than be
 * refused: its size and depth are bounded before the parser builds anything, because the parser recurses.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node as YamlNode,
  type Pair,
  type ParsedNode,
} from 'yaml';
import { isExperimentKey, type ExperimentKey } from './flags.ts';
import { unknownKeyProblem, type GivenValue, type Layer, type ValuePath } from './layer.ts';
import { planCodes, shown, type Problem } from './problems.ts';
import { tooMuch } from './yaml-bounds.ts';

export interface ExperimentFile {
  /** As the user named it; every place in the file begins with it. */
  readonly path: string;
  readonly text: string;
}

interface Reading {
  readonly file: ExperimentFile;
  readonly lines: LineCounter;
  readonly problems: Problem[];
}

export function fileLayer(file: ExperimentFile): Layer {
  const lines = new LineCounter();
  const reading: Reading = { file, lines, problems: [] };
  const excess = tooMuch(file.text);
  if (excess !== undefined) {
    noteLines(file.text, lines);
    reading.problems.push(fileProblem(reading, planCodes.fileTooMuch, excess.offset, excess.reason));
    return { values: new Map(), problems: reading.problems };
  }
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false, schema: 'core' });
  for (const error of [...document.errors, ...document.warnings]) {
    const message = error.message.split('\n', 1)[0] ?? error.code;
    reading.problems.push(
      fileProblem(reading, planCodes.notYaml, error.pos[0], `not valid YAML: ${message}`),
    );
  }
  const values = reading.problems.length === 0 ? readContents(document, reading) : new Map();
  return { values, problems: reading.problems };
}

function readContents(document: Document.Parsed, reading: Reading): Map<ExperimentKey, GivenValue> {
  const values = new Map<ExperimentKey, GivenValue>();
  const contents: ParsedNode | null = document.contents;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    reading.problems.push(fileProblem(reading, planCodes.notYaml, 0, 'the file is empty'));
  } else if (!isMap(contents)) {
    const offset = contents.range[0];
    reading.problems.push(
      fileProblem(reading, planCodes.notYaml, offset, 'the file is not a list of "key: value"'),
    );
  } else {
    for (const pair of contents.items) readEntry(pair, reading, values);
  }
  return values;
}

function readEntry(pair: Pair, reading: Reading, values: Map<ExperimentKey, GivenValue>): void {
  const keyPlace = placeOfNode(pair.key, reading);
  const key = plain(pair.key, [], reading, new Map());
  if (typeof key !== 'string' || !isExperimentKey(key)) {
    const word = typeof key === 'string' ? key : shown(key);
    reading.problems.push(unknownKeyProblem(keyPlace, { kind: 'key', word }, (known) => known));
    return;
  }
  const places = new Map<string, string>();
  const before = reading.problems.length;
  const value = plain(pair.value, [], reading, places);
  // What could not be read is one problem; a value made up for it would be a second one.
  if (reading.problems.length > before) return;
  const place = places.get('') ?? keyPlace;
  values.set(key, {
    value,
    origin: { source: 'file', place },
    placeOf: (path) => nearestPlace(places, path) ?? place,
  });
}

/** The value of a node in plain JavaScript, noting the place of every part. */
function plain(node: unknown, path: ValuePath, reading: Reading, places: Map<string, string>): unknown {
  places.set(path.map(String).join('.'), placeOfNode(node, reading));
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item, index) => plain(item, [...path, index], reading, places));
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }): [string, unknown] => {
      const name = isScalar(key) ? String(key.value) : shown(key);
      const entry = plain(value, [...path, name], reading, places);
      places.set([...path, `${name} (key)`].map(String).join('.'), placeOfNode(key, reading));
      return [name, entry];
    });
    return Object.fromEntries(entries);
  }
  if (isAlias(node)) {
    const offset = node.range?.[0] ?? 0;
    const reason = `an experiment file has no use for aliases: write the value out instead of *${node.source}`;
    reading.problems.push(fileProblem(reading, planCodes.fileTooMuch, offset, reason));
  }
  return null;
}

/** Place of the longest known beginning of the path: a missing part has the place of its parent. */
function nearestPlace(places: ReadonlyMap<string, string>, path: ValuePath): string | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const place = places.get(path.slice(0, length).map(String).join('.'));
    if (place !== undefined) return place;
  }
  return undefined;
}

function placeOfNode(node: unknown, reading: Reading): string {
  const range = (node as Partial<YamlNode> | null)?.range;
  return placeAt(reading, range?.[0] ?? 0);
}

function placeAt({ file, lines }: Reading, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${file.path}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
}

/** What the parser would have told the counter. */
function noteLines(text: string, lines: LineCounter): void {
  for (let start = 0; start >= 0; start = text.indexOf('\n', start) + 1 || -1) lines.addNewLine(start);
}

function fileProblem(
  reading: Reading,
  code: (typeof planCodes)[keyof typeof planCodes],
  offset: number,
  message: string,
): Problem {
  return {
    code,
    place: placeAt(reading, offset),
    message,
    fix: 'Write one "key: value" per line, for example "replicas: 1,3,5".',
  };
}
