import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import type { StrataError } from '../../foundation/errors.ts';
import { buildProgram, knownFlags, type Request } from '../program.ts';
import { usageError } from './commander-errors.ts';
import { nodeProblem } from './node-version.ts';
import { refuseForgottenDashes, type Invocation } from './npm-dashes.ts';

const flags = knownFlags(buildProgram(() => undefined));

describe('the forgotten -- of npm run', () => {
  const invocation = (env: Record<string, string>, argv: readonly string[]): Invocation => ({
    ...{ argv, flags, commands: ['bench'] },
    env: { npm_lifecycle_event: 'bench', npm_command: 'run', ...env },
  });
  const refusal = (env: Record<string, string>, argv: readonly string[] = ['bench']) => {
    try {
      refuseForgottenDashes(invocation(env, argv));
    } catch (error) {
      return error as StrataError;
    }
    return null;
  };

  it('is named and refused, with the right line', () => {
    const error = refusal({ npm_config_env: 'docker' });
    expect(error?.exitCode).toBe(2);
    expect(error?.message).toContain('--env');
    expect(error?.fix).toBe('npm run bench -- --env docker');
  });

  it('is put right when npm made a switch of the flag and left its value behind', () => {
    const error = refusal({ npm_config_env: 'true', npm_config_shared_memory: 'true' }, [
      'bench',
      'docker',
      'etcd',
    ]);
    expect(error?.fix).toBe('npm run bench -- --env docker --shared-memory etcd');
  });

  it('is also named under older versions of npm', () => {
    expect(refusal({ npm_config_env: 'docker', npm_command: 'run-script' })?.code).toBe('STRATA-E251');
  });

  it('quotes what a shell would take for its own', () => {
    expect(refusal({ npm_config_threshold: 'p99<20ms' })?.fix).toBe(
      "npm run bench -- --threshold 'p99<20ms'",
    );
  });

  it('is not seen where the flag did arrive, nor outside npm run', () => {
    expect(refusal({ npm_config_env: 'docker' }, ['bench', '--env', 'docker'])).toBeNull();
    expect(refusal({ npm_config_env: 'docker', npm_command: 'exec' })).toBeNull();
  });

  it('is not seen in settings that are npm’s own', () => {
    expect(
      refusal({ npm_config_json: 'true', npm_config_yes: 'true', npm_config_color: 'always' }),
    ).toBeNull();
  });
});

describe('an old Node.js', () => {
  it.each(['v18.20.0', 'v20.18.3', '16.0.0'])('is refused: %s', (version) => {
    expect(nodeProblem(version)).toContain('needs Node.js 20.19 or newer');
  });

  it.each(['v20.19.0', 'v22.0.0', 'v26.1.0-nightly'])('is not: %s', (version) => {
    expect(nodeProblem(version)).toBeNull();
  });
});

describe('the command line', () => {
  const parse = (...argv: string[]): Request | CommanderError => {
    let request: Request | undefined;
    try {
      buildProgram((asked) => (request = asked)).parse(argv, { from: 'user' });
    } catch (error) {
      return error as CommanderError;
    }
    return request as Request;
  };

  it('runs bench where no command is named', () => {
    expect(parse('--replicas', '1,3')).toMatchObject({ command: 'bench', options: { replicas: ['1,3'] } });
    expect(parse()).toMatchObject({ command: 'bench' });
  });

  it('gathers a flag that is given several times', () => {
    expect(parse('--threshold', 'p99<20ms', '--threshold', 'p50<5ms')).toMatchObject({
      options: { threshold: ['p99<20ms', 'p50<5ms'] },
    });
  });

  it('knows the commands that come later, so that they can be answered', () => {
    expect(parse('nightly', 'a', '--x')).toMatchObject({ command: 'nightly' });
  });

  it('compares the latest run unless told, and takes two runs at most', () => {
    expect(parse('compare', 'a')).toMatchObject({ command: 'compare', words: ['a'] });
    expect(parse('compare', 'a', 'b', '--allow', 'host,dirty')).toMatchObject({
      words: ['a', 'b'],
      options: { allow: 'host,dirty' },
    });
    expect(parse('compare', 'a', 'b', 'c')).toBeInstanceOf(CommanderError);
    expect(parse('compare')).toBeInstanceOf(CommanderError);
  });

  it('says what was probably meant by an unknown flag', () => {
    const wrong = parse('--replcas', '3');
    expect(wrong).toBeInstanceOf(CommanderError);
    const error = usageError(
      wrong as CommanderError,
      [...flags.keys()].map((flag) => `--${flag}`),
    );
    expect(error.exitCode).toBe(2);
    expect(error.message).toBe("unknown option '--replcas'; did you mean --replicas?");
  });

  it('guesses nothing where nothing is near', () => {
    const error = usageError(parse('--xyzzyplugh') as CommanderError, ['--env']);
    expect(error.message).not.toContain('did you mean');
  });
});
