#!/usr/bin/env node
/** The entry point: checks the ground, reads the command line, runs one command, ends with its exit code. */
import './usage/node-version.ts';
import { CommanderError } from 'commander';
import { StrataError } from '../foundation/errors.ts';
import { Interrupted } from '../run/failure.ts';
import { closest } from '../plan/did-you-mean.ts';
import { outliveReaders } from './broken-pipe.ts';
import { colorsFor } from './colors.ts';
import { showError } from './errors.ts';
import { interruptible } from './interruptible.ts';
import { progressModes } from './progress/modes.ts';
import { buildProgram, knownFlags, type Request } from './program.ts';
import { dataDir } from './runs/find-run.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { usageError } from './usage/commander-errors.ts';
import { existingCommands, laterCommands, notYet } from './usage/not-yet.ts';
import { refuseForgottenDashes } from './usage/npm-dashes.ts';

const argv = process.argv.slice(2);

/** Null when help or the version was all that was wanted. */
function readRequest(): Request | null {
  let request: Request | null = null;
  const program = buildProgram((asked) => (request = asked));
  const flags = knownFlags(program);
  const commands = [...existingCommands, ...laterCommands];
  refuseForgottenDashes({ argv, env: process.env, flags, commands });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw usageError(error, [...[...flags.keys()].map((flag) => `--${flag}`), ...existingCommands]);
  }
  return request;
}

/** Each command is loaded when it is asked for: together they are a thousand modules, and an error needs none of them. */
async function carryOut({ command, words, options }: Request): Promise<number> {
  const terminal = openTerminal(options);
  const text = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined);
  const baseDir = text('out') ?? dataDir;
  const compareFlags = { allow: text('allow'), regressionThreshold: text('regressionThreshold') };
  const storedRuns = () => import('./commands/stored-runs.ts');
  switch (command) {
    case 'bench': {
      refuseStray(words);
      const { benchCommand } = await import('./commands/bench.ts');
      return await benchCommand(
        {
          flags: options,
          config: text('config'),
          out: text('out'),
          resume: text('resume'),
          baseline: text('baseline'),
          compare: compareFlags,
          dryRun: options['dryRun'] === true,
          progress: progressModes.find((mode) => mode === options['progress']) ?? 'auto',
          keepOnFailure: options['keepOnFailure'] === true,
          isStrict: options['strict'] === true,
          yes: options['yes'] === true,
          argv,
        },
        terminal,
      );
    }
    case 'doctor': {
      const { doctorCommand } = await import('./commands/doctor.ts');
      const flags = { env: text('env'), fix: options['fix'] === true, yes: options['yes'] === true };
      return await interruptible((signal) => doctorCommand(flags, terminal, signal), terminal.say);
    }
    case 'list':
      return await (await storedRuns()).listCommand(baseDir, terminal);
    case 'show':
      return await (await storedRuns()).showCommand(words[0] ?? 'latest', baseDir, terminal);
    case 'report':
      return await (await storedRuns()).reportCommand(words, baseDir, terminal);
    case 'compare': {
      const { compareCommand } = await import('./commands/compare.ts');
      return await compareCommand(words, compareFlags, baseDir, terminal);
    }
    case 'clean':
      return await cleanUp(options['all'] === true, baseDir, terminal);
    default:
      throw notYet(command);
  }
}

async function cleanUp(isAll: boolean, baseDir: string, terminal: Terminal): Promise<number> {
  const { clean, cleaningText } = await import('./runs/clean.ts');
  const cleaning = await interruptible((signal) => clean({ isAll, baseDir, signal }), terminal.say);
  terminal.print(terminal.json ? JSON.stringify(cleaning, null, 2) : cleaningText(cleaning));
  return 0;
}

/** `bench run` is allowed; any other word is a flag whose name was lost. */
function refuseStray(words: readonly string[]): void {
  const stray = words.find((word) => word !== 'run');
  if (stray === undefined) return;
  const near = closest(stray, existingCommands);
  throw new StrataError({
    code: 'STRATA-E258',
    message: `there is no command "${stray}"${near === undefined ? '' : `; did you mean ${near}?`}`,
    fix: `commands: ${existingCommands.join(', ')}; flags come after a lone --: npm run bench -- --env process`,
  });
}

async function main(): Promise<number> {
  try {
    const request = readRequest();
    return request === null ? 0 : await carryOut(request);
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode;
    const shown = showError(error, {
      columns: process.stderr.isTTY ? process.stderr.columns : 110,
      colors: colorsFor({
        isRefused: argv.includes('--no-color'),
        isTty: process.stderr.isTTY,
        env: process.env,
      }),
      isVerbose: argv.includes('-v') || argv.includes('--verbose'),
      context: `Node.js ${process.version}, ${process.platform}, strata ${argv.join(' ')}`,
    });
    process.stderr.write(`${shown.text}\n`);
    return shown.exitCode;
  }
}

outliveReaders([process.stdout, process.stderr]);
process.exitCode = await main();
