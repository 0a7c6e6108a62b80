import { describe, expect, it } from 'vitest';
import { debianMirror, passedOnAptOptions, readHostApt } from './host-apt.ts';

const list = (text: string) => ({ name: 'sources.list', text });
const deb822 = (text: string) => ({ name: 'sources.list.d/debian.sources', text });

describe('the mirror of the host', () => {
  it('is read from one-line sources, with or without options', () => {
    expect(debianMirror([list('deb http://mirror.test/debian bookworm main')])).toBe(
      'http://mirror.test/debian',
    );
    expect(
      debianMirror([
        list('deb [arch=amd64 signed-by=/x y.gpg] http://mirror.test/debian trixie main contrib # us'),
      ]),
    ).toBe('http://mirror.test/debian');
  });

  it('is read from deb822 stanzas with comments and continued lines', () => {
    const text =
      '# a comment\nTypes: deb\n# another\nURIs: http://mirror.test/debian\nSuites: bookworm\n bookworm-updates\nComponents: main\n';
    expect(debianMirror([deb822(text)])).toBe('http://mirror.test/debian');
  });

  it('is no security, third-party, source, disabled, cdrom or commented-out entry', () => {
    const entries = [
      list('deb http://mirror.test/security bookworm-security main'),
      list('deb http://mirror.test/tool stable-tool main'),
      list('deb-src http://mirror.test/debian bookworm main'),
      list('deb cdrom:[Debian]/ bookworm main'),
      list('# deb http://mirror.test/debian bookworm main'),
      deb822('Types: deb\nURIs: http://mirror.test/off\nSuites: bookworm\nComponents: main\nEnabled: no\n'),
      { name: 'sources.list.d/old.list.disabled', text: 'deb http://mirror.test/old bookworm main' },
    ];
    expect(debianMirror(entries)).toBeNull();
    expect(debianMirror([...entries, list('deb http://mirror.test/debian sid main')])).toBe(
      'http://mirror.test/debian',
    );
  });

  it('is none on a host of another distribution', () => {
    expect(
      debianMirror([
        deb822('Types: deb\nURIs: http://mirror.test/ubuntu\nSuites: noble\nComponents: main\n'),
      ]),
    ).toBeNull();
  });

  it('is looked for without failing where there is no apt', async () => {
    expect((await readHostApt('/nonexistent')).mirror).toBeNull();
  });
});

it('of the settings of apt only those that decide about reaching the mirror are handed on', () => {
  const dump = [
    'APT::Architecture "amd64";',
    'Acquire::Languages "none";',
    'Acquire::Check-Date "false";',
    'Acquire::http "";',
    'Acquire::http::Proxy "http://127.0.0.1:3142";',
    'Acquire::https::mirror.test::Proxy "DIRECT";',
    'Dir::Cache "var/cache/apt/";',
  ].join('\n');
  expect(passedOnAptOptions(dump)).toEqual([
    'Acquire::Check-Date "false"',
    'Acquire::http::Proxy "http://127.0.0.1:3142"',
    'Acquire::https::mirror.test::Proxy "DIRECT"',
  ]);
});
