import { describe, expect, it } from 'vitest';
import { fromFile, refusalOf } from './resolve.fixture.ts';

describe('a hostile or broken file is refused with its place', () => {
  const nineOf = (name: string) => `[${Array.from({ length: 9 }, () => name).join(',')}]`;
  const levels = Array.from('bcdefghi').map(
    (name, level) => `${name}: &${name} ${nineOf(`*${'abcdefgh'.charAt(level)}`)}`,
  );
  const bomb = [`env: &a ${nineOf('x')}`, ...levels].join('\n');

  it.each([
    ['empty', '', 'STRATA-E203', /^x\.yaml:1:1: the file is empty$/],
    ['only comments', '# nothing\n\n', 'STRATA-E203', /^x\.yaml:1:1: the file is empty$/],
    ['a list', '- env\n', 'STRATA-E203', /^x\.yaml:1:1: the file is not a list/],
    ['a word', '\nhello\n', 'STRATA-E203', /^x\.yaml:2:1: /],
    ['an open bracket', 'name: x\nenv: [process\n', 'STRATA-E203', /^x\.yaml:3:1: not valid YAML: /],
    ['a tab', 'limits:\n\tcpus: 1\n', 'STRATA-E203', /x\.yaml:2:1: not valid YAML: Tabs/],
    [
      'two documents',
      'name: a\n---\nname: b\n',
      'STRATA-E203',
      /^x\.yaml:2:1: not valid YAML: .*multiple documents/,
    ],
    [
      'an unknown tag',
      'name: !python/object x\n',
      'STRATA-E203',
      /^x\.yaml:1:7: not valid YAML: Unresolved tag/,
    ],
    ['an unknown anchor', 'env: *nowhere\n', 'STRATA-E204', /^x\.yaml:1:6: .* instead of \*nowhere$/],
    ['an alias', 'env: &e [process]\nstore: *e\n', 'STRATA-E204', /x\.yaml:2:8: .*no use for aliases/],
    [
      'a merge key',
      'limits: { <<: { cpus: 1 } }\n',
      'STRATA-E201',
      /^x\.yaml:1:11: limits: unknown key '<<'/,
    ],
    ['a key that is a list', '? [a, b]\n: 1\n', 'STRATA-E201', /^x\.yaml:1:3: unknown key/],
    ['the prototype', '__proto__: { trials: 5 }\n', 'STRATA-E201', /^x\.yaml:1:1: unknown key '__proto__'/],
    ['many lines', '\n'.repeat(40_000), 'STRATA-E204', /^x\.yaml:1:1: the file has 40000 characters/],
    ['deep brackets', `\nenv: ${'['.repeat(30_000)}`, 'STRATA-E204', /^x\.yaml:2:22: .*nested too deeply/],
    ['deep dashes', '- '.repeat(15_000), 'STRATA-E204', /^x\.yaml:1:103: .*nested too deeply/],
    ['deep questions', '? '.repeat(15_000), 'STRATA-E204', /nested too deeply/],
  ])('%s', (_, text, code, words) => {
    const error = refusalOf(() => fromFile(text));
    expect(error.message).toMatch(words);
    expect(error.code).toBe(code);
    expect(error.exitCode).toBe(2);
  });

  it('an alias bomb is not expanded', () => {
    const error = refusalOf(() => fromFile(bomb.replace('b: &b', 'store: &b')));
    expect(error.exitCode).toBe(2);
    expect(error.message).toMatch(/x\.yaml:2:12: .*no use for aliases/);
  });

  it('a mass of problems is cut short', () => {
    const message = refusalOf(() => fromFile('a: 1\n'.repeat(500))).message;
    expect(message).toMatch(/^499 problems .*\n/);
    expect(message.split('\n')).toHaveLength(22);
  });
});

describe('a plain file', () => {
  it('may be JSON, carry a byte order mark and end its lines as on Windows', () => {
    expect(fromFile('{"replicas": [1, 3], "trials": 4}').trials).toBe(4);
    expect(fromFile('\ufefftrials: 4\r\nclients: 2\r\n')).toMatchObject({ trials: 4, clients: [2] });
  });

  it('may have brackets and dashes in its text and comments', () => {
    const brackets = '['.repeat(30);
    expect(fromFile(`# ${brackets} - - -\nname: "${brackets}" # ${brackets}\n`).name).toBe(brackets);
  });

  it('does not read words as other types', () => {
    expect(refusalOf(() => fromFile('trials: yes')).message).toMatch(
      /^x\.yaml:1:9: trials: 'yes' is not allowed/,
    );
    expect(refusalOf(() => fromFile('%YAML 1.1\n---\nname: 2001-01-01\ntrials: 1:30\n')).exitCode).toBe(2);
  });
});
