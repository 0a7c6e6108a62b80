/**
 * Style as a test that can fail: file and function length, import direction, names, and what must never be in the
 * tree. Reads the source as text and as a syntax tree; runs nothing.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const rooms = ['harness', 'workloads', 'environments', 'results', 'analysis'] as const;
type Room = (typeof rooms)[number];

const limits = { sourceLines: 220, testLines: 420, functionLines: 70, columns: 140 };

/** Which rooms (or single folders in them) each room may import from, besides itself and harness/foundation. */
const mayImport: Record<Room, readonly string[]> = {
  harness: ['workloads', 'environments', 'results', 'analysis'],
  workloads: ['environments/environment.ts', 'results/sample'],
  environments: [],
  results: [],
  analysis: ['results'],
};

const topLevel = new Set([
  ...rooms,
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'eslint.config.js',
  'vitest.config.ts',
]);

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '');
const sources = files.filter((file) => /\.(ts|mts|cts)$/.test(file));
const isTest = (file: string) => /\.(test|contract)\.ts$/.test(file);
const read = (file: string) => readFileSync(join(root, file), 'utf8');

describe('the tree', () => {
  it('has nothing at its top but the five rooms and the project files', () => {
    const strangers = new Set(
      files
        .map((file) => file.split('/')[0] ?? '')
        .filter((name) => !name.startsWith('.') && !topLevel.has(name)),
    );
    expect([...strangers]).toEqual([]);
  });

  it('has no grab-bag names', () => {
    const bad = files.filter((file) => /(^|\/)(utils?|helpers?|misc|common)(\.|\/|$)/i.test(file));
    expect(bad).toEqual([]);
  });

  it('names files in kebab-case', () => {
    const bad = sources.filter(
      (file) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*\.ts$/.test(file.split('/').at(-1) ?? ''),
    );
    expect(bad).toEqual([]);
  });

  it('holds no binary and no generated result', () => {
    const bad = files.filter((file) => /\.(png|jpg|parquet|tar|gz|zst|qcow2|img|node)$/.test(file));
    expect(bad).toEqual([]);
  });
});

describe('source files', () => {
  it('are short enough to read', () => {
    const long = sources
      .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
      .filter(({ file, lines }) => lines > (isTest(file) ? limits.testLines : limits.sourceLines));
    expect(long).toEqual([]);
  });

  it('have functions short enough to hold in the head', () => {
    expect(sources.filter((file) => !isTest(file)).flatMap(longFunctions)).toEqual([]);
  });

  it('import in one direction only', () => {
    expect(sources.flatMap(wrongImports)).toEqual([]);
  });

  it('open with what they are for', () => {
    const silent = sources
      .filter((file) => !isTest(file) && read(file).split('\n').length > 60)
      .filter((file) => !/^(#!.*\n)?\/\*\*/.test(read(file)));
    expect(silent).toEqual([]);
  });

  it('carry no leftovers', () => {
    const leftover = new RegExp(
      [
        '@ts-' + 'ignore',
        '@ts-' + 'nocheck',
        'eslint-' + 'disable',
        'TO' + 'DO',
        'FIX' + 'ME',
        '\\bas ' + 'any\\b',
      ].join('|'),
    );
    const skipped = new RegExp(`\\b(it|test|describe)\\.(${'skip|to' + 'do|on' + 'ly'})\\(`);
    const bad = sources.filter((file) => leftover.test(read(file)) || skipped.test(read(file)));
    expect(bad).toEqual([]);
  });

  it('name no machine and no package host', () => {
    const paths = new RegExp(
      ['/ro' + 'ot/', '/ho' + 'me/[a-z]', '/wo' + 'rk/', 'registry\\.' + 'npmjs', 'deb\\.' + 'debian'].join(
        '|',
      ),
    );
    expect(files.filter((file) => paths.test(read(file)))).toEqual([]);
  });

  it('use only what Node 20 has', () => {
    const newer = new RegExp(
      ['Promise\\.with' + 'Resolvers', 'AsyncDisposable' + 'Stack', 'Array\\.from' + 'Async'].join('|'),
    );
    const bad = sources.filter((file) => file !== 'harness/foundation/deferred.ts' && newer.test(read(file)));
    expect(bad).toEqual([]);
  });
});

function longFunctions(file: string): string[] {
  const tree = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const first = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line;
      const last = tree.getLineAndCharacterOfPosition(node.end).line;
      if (last - first + 1 > limits.functionLines)
        found.push(`${file}:${first + 1} has ${last - first + 1} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function wrongImports(file: string): string[] {
  const room = file.split('/')[0] as Room;
  if (!rooms.includes(room)) return [];
  const imports = ts.preProcessFile(read(file), true, true).importedFiles.map(({ fileName }) => fileName);
  return imports
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(root, resolve(root, dirname(file), name)))
    .filter((target) => !allowed(room, target))
    .map((target) => `${file} imports ${target}`);
}

function allowed(room: Room, target: string): boolean {
  const open = [room, 'harness/foundation', ...mayImport[room]];
  return (
    target === 'package.json' || open.some((place) => target === place || target.startsWith(`${place}/`))
  );
}
