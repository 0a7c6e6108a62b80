/** The verdict of a run or of a comparison as text. Pure. */
import type { Verdict } from '../../../analysis/report/report-model.ts';
import type { Colors } from '../colors.ts';
import { indented, wrapped } from './text-layout.ts';

export function headlineText(verdict: Verdict, columns: number, colors: Colors): string {
  const looks = {
    good: { mark: '✓', paint: colors.green },
    bad: { mark: '✗', paint: colors.red },
    unknown: { mark: '?', paint: colors.yellow },
  }[verdict.tone];
  const text = looks.paint(colors.bold(`${looks.mark} ${verdict.headline}`));
  return `${text}\n${indented(wrapped(verdict.sentences.join(' '), columns))}`;
}
