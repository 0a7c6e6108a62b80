/** Where each hypothesis, and each part of it, was written: for what only the cells of the plan can tell to be wrong. */
import type { GivenValue, ItemOrigin } from '../layer.ts';
import type { DeclaredHypothesis } from './declared.ts';

const parts = [
  'id',
  'metric',
  'claim',
  'treatment',
  'baseline',
  'margin',
  'alpha',
  'family',
  'role',
] as const;

export function placedHypotheses(written: readonly DeclaredHypothesis[], given: GivenValue): ItemOrigin[] {
  const isList = Array.isArray(given.value);
  return written.map((_, index) => {
    const path = isList ? [index] : [];
    const places = parts.map((part) => [part, given.placeOf([...path, part])] as const);
    return {
      subject: isList ? `hypotheses[${index}]` : 'hypotheses',
      places: Object.fromEntries([['', given.placeOf(path)], ...places]),
    };
  });
}
