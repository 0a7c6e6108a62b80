/** The command line: commands and flags, from one table where they are the experiment's. Parses; decides nothing. */
import { Command, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { experimentFlags, type ExperimentFlag } from '../plan/flag-table.ts';
import { progressModes } from './progress/modes.ts';
import { laterCommands } from './usage/not-yet.ts';

/** What was asked for; `arguments` are the words that are no flags. */
export interface Request {
  readonly command: string;
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** A program that hands what it parsed to `act`, prints nothing but help, and throws CommanderError. */
export function buildProgram(act: (request: Request) => void): Command {
  const program = new Command('strata')
    .description('What does virtualization cost a replicated system? Strata answers by experiment.')
    .version(packageJson.version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const command = (name: string, description: string, isDefault = false) =>
    common(
      program
        .command(name, { isDefault })
        .description(description)
        .exitOverride()
        .allowExcessArguments(false),
    );
  const take = (name: string) =>
    function (this: Command) {
      act({ command: name, words: this.args, options: this.opts() });
    };

  benchFlags(command('bench', 'run an experiment (the default command)', true)).action(take('bench'));
  command('doctor', 'say what this machine is ready for, and mend it')
    .option('--env <list>', 'only these environments; exit 3 when one of them is not ready')
    .option('--fix', 'offer to run what would help')
    .option('--yes', 'with --fix: do not ask')
    .action(take('doctor'));
  command('report', 'write the report of runs anew')
    .argument('[runs...]', 'run ids or directories; the latest')
    .action(take('report'));
  compareFlags(
    command('compare', 'compare two runs, cell by cell')
      .argument('<a>', 'run id or directory: the baseline')
      .argument('[b]', 'run id or directory', 'latest'),
  ).action(take('compare'));
  command('list', 'list the runs').action(take('list'));
  command('show', 'show the summary of a run')
    .argument('[run]', 'run id or directory', 'latest')
    .action(take('show'));
  command('clean', 'remove what dead runs left behind')
    .option('--all', 'also stale images, stale prepared machines and partial files')
    .action(take('clean'));
  for (const name of laterCommands) {
    program.command(name, { hidden: true }).allowUnknownOption().allowExcessArguments().action(take(name));
  }
  return program;
}

function common(command: Command): Command {
  return command
    .addOption(
      new Option('--out <dir>', 'directory of run directories (default: results/data)').env('STRATA_OUT'),
    )
    .option('--json', 'print one JSON document on stdout')
    .option('-q, --quiet', 'no progress')
    .option('-v, --verbose', 'every step, and stacks of bugs')
    .option('--no-color', 'no colour');
}

/** What a comparison may overlook, and what it must not. */
function compareFlags(command: Command): Command {
  return command
    .option('--allow <list>', 'compare although these differ: accelerator, host, schema, dirty')
    .option('--regression-threshold <share>', 'a proven loss beyond this is a regression: exit code 11 (5%)');
}

function benchFlags(command: Command): Command {
  command.argument('[run]', 'the word "run", for those who like it');
  const flags: readonly ExperimentFlag[] = experimentFlags;
  for (const { flag, argument, description, repeatable } of flags) {
    const option = new Option(`--${flag} ${argument}`.trimEnd(), description);
    // Several on one command line form one list; the plan takes lists and commas alike.
    if (repeatable === true)
      option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    command.addOption(option);
  }
  return compareFlags(command)
    .option('--baseline <run>', 'compare with this run at the end: exit code 11 on a regression')
    .addOption(new Option('--config <file>', 'experiment file (YAML)').env('STRATA_CONFIG'))
    .option('--resume <run>', 'do the trials a run still lacks')
    .option('--dry-run', 'show the plan and how long it takes; start nothing')
    .addOption(
      new Option('--progress <mode>', 'how progress is shown, on stderr')
        .choices(progressModes)
        .default('auto')
        .env('STRATA_PROGRESS'),
    )
    .option('--yes', 'build what is missing without asking')
    .option('--strict', 'exit 12 when a hypothesis is inconclusive or unknown')
    .option('--keep-on-failure', 'keep the scratch directory of failed trials');
}

/** Every long flag of every command, and whether it takes a value. */
export function knownFlags(program: Command): ReadonlyMap<string, { readonly takesValue: boolean }> {
  const options = program.commands.flatMap((command) => command.options);
  return new Map(
    options.flatMap(({ long, required, optional }) =>
      typeof long !== 'string'
        ? []
        : [[long.replace(/^--(no-)?/, ''), { takesValue: required || optional }] as const],
    ),
  );
}
