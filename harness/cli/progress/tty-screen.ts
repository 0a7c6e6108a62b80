/** The live screen as text: what is going on, how far the run is, what just happened. Pure. */
import { duration } from '../../../analysis/report/numbers.ts';
import type { Colors } from '../colors.ts';
import { wrapped } from '../summary/text-layout.ts';
import { countsText, etaText, outcomeText, phaseText, positionText, waitingText } from './progress-text.ts';
import type { CurrentTrial, ProgressState } from './progress-state.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const barColumns = 24;

/** A wait that goes on is told every second. */
const waitIsOverMs = 2_500;

/** At most five lines, none longer than `columns`. */
export function screen(state: ProgressState, nowMs: number, columns: number, colors: Colors): string {
  const lines = [headline(state, nowMs), ...currentLines(state, nowMs, columns), ...lastLines(state)];
  return lines.map(({ text, paint }) => paint(colors, shortened(text, columns))).join('\n');
}

interface Line {
  readonly text: string;
  readonly paint: (colors: Colors, text: string) => string;
}

const plain = (text: string): Line => ({ text, paint: (_colors, shown) => shown });
const dim = (text: string): Line => ({ text, paint: (colors, shown) => colors.dim(shown) });

function headline(state: ProgressState, nowMs: number): Line {
  if (state.run === null) return plain(`getting ready, ${duration(nowMs - state.startedMs)}`);
  const total = state.run.trials.length;
  const done = total - state.remaining.length;
  const left = state.isOver ? '' : ` · ${etaText(state, nowMs)}`;
  const counts = `${countsText(state)} · ${duration(nowMs - state.startedMs)}${left}`;
  const where = state.isOver ? `${done} of ${total} trials` : positionText(state);
  return { text: `${bar(done, total)} ${where} · ${counts}`, paint: (colors, shown) => colors.bold(shown) };
}

function bar(done: number, total: number): string {
  const filled = total === 0 ? barColumns : Math.floor((barColumns * done) / total);
  return '█'.repeat(filled) + '░'.repeat(barColumns - filled);
}

function currentLines(state: ProgressState, nowMs: number, columns: number): Line[] {
  const { current, lastNote } = state;
  const waiting = nowMs - state.waitingSeenMs < waitIsOverMs ? state.waiting : null;
  const wait = waiting === null ? [] : [dim(`  ${waitingText(waiting)}`)];
  // Before the first trial there is room for all that is said of what is being built.
  const note = lastNote === null ? [] : noteLines(lastNote.message, current === null ? 2 : 1, columns);
  if (current === null) return [...note, ...wait];
  return [...trialLines(current, nowMs), ...(wait.length > 0 ? wait : note)];
}

function noteLines(message: string, most: number, columns: number): Line[] {
  const lines = wrapped(message.replaceAll(/\s*\n\s*/g, ' '), columns - 2, '').split('\n');
  const shown = [...lines.slice(0, most - 1), lines.slice(most - 1).join(' ')];
  return shown.filter((line) => line !== '').map((line) => dim(`  ${line}`));
}

function trialLines(current: CurrentTrial, nowMs: number): Line[] {
  const attempt = current.attempt === 1 ? '' : ` (attempt ${current.attempt})`;
  const frame = frames[Math.floor(nowMs / 100) % frames.length] ?? '';
  return [
    plain(`${frame} ${current.trialId}${attempt}  ${current.label}`),
    {
      text: `  ${phaseText(current.phase)}, ${duration(nowMs - current.phaseStartedMs)}`,
      paint: (c, t) => c.cyan(t),
    },
  ];
}

function lastLines(state: ProgressState): Line[] {
  const { lastFinished } = state;
  if (lastFinished === null) return [];
  const isGood = lastFinished.status === 'completed' && lastFinished.correct === true;
  const text = `${isGood ? '✓' : '✗'} ${lastFinished.trialId} ${outcomeText(lastFinished)}`;
  return [{ text, paint: (colors, shown) => (isGood ? colors.green(shown) : colors.red(shown)) }];
}

function shortened(text: string, columns: number): string {
  const flat = text.replaceAll(/\s*\n\s*/g, ' ');
  return flat.length <= columns ? flat : `${flat.slice(0, Math.max(0, columns - 1))}…`;
}
