/**
 * Finds out how this host reaches a Debian mirror, so that no host name stands in the project. Reads apt's own
 * configuration; a host that is not Debian's yields no mirror, and mmdebstrap falls back on its default.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { HostApt } from './recipe.ts';

interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** Suites of the main archive; a mirror that carries one carries the others too. */
const debianSuites = new Set([
  ...['bullseye', 'bookworm', 'trixie', 'forky', 'duke', 'sid'],
  ...['oldoldstable', 'oldstable', 'stable', 'testing', 'unstable'],
]);

/** Only these decide whether the mirror can be reached and is believed; the rest is the host's taste. */
const passedOnOptions = /^Acquire::(?:Check-Valid-Until|Check-Date|https?::(?:[^ ]*::)?Proxy) "[^"]+";$/i;

export async function readHostApt(aptDir = '/etc/apt'): Promise<HostApt> {
  const [mirror, options] = await Promise.all([readMirror(aptDir), readOptions()]);
  return { mirror, options };
}

async function readMirror(aptDir: string): Promise<string | null> {
  const parts = await readdir(join(aptDir, 'sources.list.d')).catch(() => []);
  const files = ['sources.list', ...parts.sort().map((name) => join('sources.list.d', name))];
  const texts = await Promise.all(
    files.map(async (name) => ({ name, text: await readFile(join(aptDir, name), 'utf8').catch(() => '') })),
  );
  return debianMirror(texts);
}

/** The first source that offers the main component of a Debian release. */
export function debianMirror(files: readonly { name: string; text: string }[]): string | null {
  const sources = files.flatMap(({ name, text }) => {
    if (name.endsWith('.list')) return parseOneLineSources(text);
    return name.endsWith('.sources') ? parseDeb822Sources(text) : [];
  });
  const debian = sources.find(
    ({ uri, suites, components }) =>
      !uri.startsWith('cdrom:') &&
      components.includes('main') &&
      suites.some((suite) => debianSuites.has(suite)),
  );
  return debian?.uri ?? null;
}

/** `deb [options] uri suite component…` (sources.list(5), one-line style). */
function parseOneLineSources(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line);
    const [, uri, suite, components] = match ?? [];
    if (uri === undefined || suite === undefined || components === undefined) return [];
    return [{ uri, suites: [suite], components: words(components) }];
  });
}

/** Stanzas of `Key: value` lines (sources.list(5), deb822 style). */
function parseDeb822Sources(text: string): AptSource[] {
  const withoutComments = text.replaceAll(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = deb822Fields(stanza);
    if (fields.get('enabled') === 'no' || !words(fields.get('types')).includes('deb')) return [];
    const suites = words(fields.get('suites'));
    const components = words(fields.get('components'));
    return words(fields.get('uris')).map((uri) => ({ uri, suites, components }));
  });
}

function deb822Fields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const field of stanza.split(/\n(?!\s)/)) {
    const colon = field.indexOf(':');
    if (colon > 0) fields.set(field.slice(0, colon).trim().toLowerCase(), field.slice(colon + 1).trim());
  }
  return fields;
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

async function readOptions(): Promise<string[]> {
  const dump = await execa('apt-config', ['dump'], { reject: false });
  return passedOnAptOptions(dump.failed ? '' : dump.stdout);
}

/** The lines of `apt-config dump` that are handed to mmdebstrap. */
export function passedOnAptOptions(dump: string): string[] {
  return dump
    .split('\n')
    .filter((line) => passedOnOptions.test(line))
    .map((line) => line.replace(/;$/, ''));
}
