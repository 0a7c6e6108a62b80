/**
 * The first thing that runs: says in plain words that Node.js is too old, before any syntax or module it lacks is met.
 * Imports nothing for that reason.
 */
export const oldestNode = { major: 20, minor: 19 } as const;

/** The line to show, or null when the version will do. */
export function nodeProblem(version: string): string | null {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isEnough = major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor);
  if (isEnough) return null;
  return [
    `✗ STRATA-E252 strata needs Node.js ${oldestNode.major}.${oldestNode.minor} or newer; this is ${version}`,
    '  fix        install a newer Node.js (nodejs.org, your distribution, or a version manager) and run npm ci again',
  ].join('\n');
}

const problem = nodeProblem(process.version);
if (problem !== null) {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}
