import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { StrataError } from '../../foundation/errors.ts';
import { parseEnvironments } from '../commands/doctor.ts';
import { applyFixes, wantedFixes } from './apply-fixes.ts';
import { diagnose, passed, type Check, type Diagnosis } from './check.ts';
import { doctorExitCode, doctorText } from './doctor-text.ts';
import { actionText, fixFor, fixIds } from './fixes.ts';

const check = (probe: Check['probe'], timeoutMs = 5000): Check => {
  return { id: 'x', env: 'docker', title: 'Docker Engine', enables: 'containers', timeoutMs, probe };
};
const never = new AbortController().signal;
const found = (changes: Partial<Diagnosis>): Diagnosis => {
  return {
    id: 'x',
    env: 'docker',
    title: 'Docker Engine',
    enables: 'containers',
    ...passed('fine'),
    ...changes,
  };
};
const stopped = new StrataError({
  code: 'STRATA-E311',
  message: 'stopped',
  fix: 'start it',
  cause: new Error('ECONNREFUSED'),
});

describe('a check', () => {
  it('that throws is a finding with the code, every cause and the fix of the error', async () => {
    const diagnosis = await diagnose(
      check(() => Promise.reject(stopped)),
      never,
    );
    expect(diagnosis).toMatchObject({ state: 'fail', advice: 'start it' });
    expect(diagnosis.detail).toBe('STRATA-E311 stopped; because ECONNREFUSED');
  });

  it('that does not end is a finding that says how long it was waited for', async () => {
    const diagnosis = await diagnose(
      check(() => new Promise(() => undefined), 30),
      never,
    );
    expect(diagnosis.state).toBe('fail');
    expect(diagnosis.detail).toMatch(/waited 0\.\d s \(limit 0\.0 s\) for Docker Engine/);
  });
});

describe('the exit code', () => {
  const failing = found({ state: 'fail' });

  it('is 3 only when an environment that was asked for is not ready', () => {
    expect(doctorExitCode([failing], ['docker'])).toBe(3);
    expect(doctorExitCode([failing], ['process'])).toBe(0);
    expect(doctorExitCode([failing], [])).toBe(0);
    expect(doctorExitCode([found({ state: 'warn' })], ['docker'])).toBe(0);
  });
});

it('the text has a mark, what a check enables where it is not fine, and what to do', () => {
  const text = doctorText(
    [found({}), found({ state: 'fail', detail: 'stopped', advice: 'start it' })],
    80,
    pc.createColors(false),
  );
  expect(text).toContain('docker: not ready');
  expect(text).toContain('  [✓] Docker Engine: fine');
  expect(text).toContain('  [✗] Docker Engine: stopped');
  expect(text).toContain('enables containers');
  expect(text).toContain('→ start it');
});

describe('--fix', () => {
  const fixes = wantedFixes([
    found({ state: 'warn', fixes: ['start-docker'] }),
    found({ state: 'fail', fixes: ['start-docker', 'build-image'] }),
  ]);

  it('does each fix once, and none for what is fine', () => {
    expect(fixes.map(({ id }) => id)).toEqual(['start-docker', 'build-image']);
    expect(wantedFixes([found({ fixes: ['start-docker'] })])).toEqual([]);
  });

  it('refuses where there is nobody to ask, and names the commands', async () => {
    const said: string[] = [];
    const session = {
      isAgreed: false,
      isInteractive: false,
      isRoot: false,
      say: (line: string) => said.push(line),
      progress: () => undefined,
      signal: never,
    };
    await expect(applyFixes(fixes, session)).rejects.toMatchObject({ code: 'STRATA-E254', exitCode: 2 });
    expect(said).toEqual([]);
    await expect(applyFixes([], session)).resolves.toBe(false);
  });

  it('tells of every fix its command, its size and its rights', () => {
    for (const id of fixIds) {
      const fix = fixFor(id);
      expect(actionText(fix)).not.toBe('');
      expect(fix.size).toMatch(/MB|GB|nothing/);
    }
  });

  it('starts the engine with systemd where there is one, and directly where there is none', () => {
    expect(actionText(fixFor('start-docker', true))).toBe('systemctl start docker');
    expect(actionText(fixFor('start-docker', false))).toContain('dockerd');
  });
});

it('--env takes a list or all, and refuses with what was probably meant', () => {
  expect(parseEnvironments('process,docker')).toEqual(['process', 'docker']);
  expect(parseEnvironments('all')).toEqual(['process', 'docker', 'docker-vm', 'vm']);
  expect(() => parseEnvironments('dokcer')).toThrow('did you mean docker?');
});
