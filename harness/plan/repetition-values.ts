/** Which values the keys of repetition may have. */
import * as z from 'zod';
import { leastBlocks } from '../foundation/stopping.ts';
import { accepted, refused, type Parsed } from './parsed.ts';
import { quote } from './quantities.ts';
import { reading, text, wholeNumber } from './value-schemas.ts';

const mostTrials = 10_000;

export const repetitionFields = {
  trials: z.union([...wholeNumber(1, mostTrials).options, z.literal('auto')]),
  precision: text.regex(/^\d{1,2}(\.\d{1,3})?\s?%$/).transform(reading(parsePrecision)),
  maxTrials: wholeNumber(leastBlocks, mostTrials),
  aa: z.union([z.boolean(), z.enum(['on', 'off']).transform((word) => word === 'on')]),
};

/** A share of 1: `5%` is 0.05. */
export function parsePrecision(given: string): Parsed<number> {
  const match = /^(\d{1,2}(?:\.\d{1,3})?)\s?(%?)$/.exec(given.trim());
  if (match === null) return refused(`${quote(given)} is not a percentage such as 5%`);
  const [, number = '', sign = ''] = match;
  if (sign === '') return refused(`the unit is missing: ${number}%?`);
  const percent = Number(number);
  return percent >= 0.1 && percent <= 50 ? accepted(percent / 100) : refused(`${given} is outside 0.1%–50%`);
}
