/**
 * The live screen, drawn on stderr by listr2 at no more than 8 frames a second. The text is made by
 * `tty-screen.ts`; here is only the clock and the terminal.
 */
import { writeSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import type { ListrDefaultRendererLogLevels as LogLevels } from 'listr2';
import { deferred } from '../../foundation/deferred.ts';
import type { Colors } from '../colors.ts';
import type { Progress } from './progress-event.ts';
import { advance, initialState } from './progress-state.ts';
import { screen } from './tty-screen.ts';

export const frameIntervalMs = 125;

const showCursor = '\u001b[?25h\n';

/** Room for listr2's icon and margin beside a line. */
const marginColumns = 6;

export async function ttyProgress(stream: WriteStream, colors: Colors): Promise<Progress> {
  const { DefaultRenderer, Listr, ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } =
    await import('listr2');
  // The library asks stdout whether it is a terminal; the screen is on stderr, which the caller has asked.
  class StderrRenderer extends DefaultRenderer {
    static override nonTTY = true;
  }
  let state = initialState(performance.now());
  const over = deferred<undefined>();
  const text = () => screen(state, performance.now(), stream.columns - marginColumns, colors);
  const list = new Listr(
    [
      {
        title: text(),
        task: async (_context, task) => {
          const timer = setInterval(() => (task.title = text()), frameIntervalMs);
          await over.promise;
          clearInterval(timer);
          task.title = text();
        },
      },
    ],
    {
      renderer: StderrRenderer,
      registerSignalListeners: false,
      rendererOptions: {
        lazy: true,
        formatOutput: 'truncate',
        logger: new ListrLogger<LogLevels>({
          useIcons: true,
          processOutput: new ProcessOutput(stream, stream),
        }),
        icon: {
          [ListrDefaultRendererLogLevels.PENDING]: '▸',
          [ListrDefaultRendererLogLevels.COMPLETED]: '■',
        },
        color: {
          [ListrDefaultRendererLogLevels.PENDING]: (shown = '') => colors.cyan(shown),
          [ListrDefaultRendererLogLevels.COMPLETED]: (shown = '') => colors.green(shown),
        },
      },
    },
  );
  const drawn = list.run();
  // listr2 holds back what others write until it is done; a process that leaves at once must still say why.
  const leave = () => writeSync(process.stderr.fd, `${showCursor}${state.lastNote?.message ?? ''}\n`);
  process.on('exit', leave);
  return {
    show(event) {
      state = advance(state, event, performance.now());
    },
    async [Symbol.asyncDispose]() {
      over.resolve(undefined);
      await drawn;
      process.off('exit', leave);
    },
  };
}
