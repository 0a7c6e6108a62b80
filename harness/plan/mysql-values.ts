/** Which values the keys of workload mysql may have. */
import * as z from 'zod';
import { parseCounts, type CountLimits, type CountWords } from './counts.ts';
import { accepted } from './parsed.ts';
import { counts, names, reading } from './value-schemas.ts';

export const insertLimits: CountLimits = { min: 0, max: 60_000_000 };
/** As fast as possible is no rate at all; the word says it better than the 0 by which it is stored. */
export const insertWords: CountWords = { max: 0 };
/** The upper bounds keep one batch below the 65 535 parameters of a statement, one string within a VARCHAR. */
export const aggregationLimits: CountLimits = { min: 1, max: 10_000 };
export const stringLengthLimits: CountLimits = { min: 1, max: 16_000 };
const durabilities = [0, 1, 2] as const;
export const durabilityLimits: CountLimits = { min: 0, max: 2 };

export const mysqlFields = {
  engine: z.enum(['mariadb', 'mysql']),
  insertsPerMinute: counts(insertLimits, insertWords),
  aggregation: counts(aggregationLimits),
  stringLength: counts(stringLengthLimits),
  durability: counts(durabilityLimits).transform(
    reading((given) => accepted(durabilities.filter((level) => given.includes(level)))),
  ),
  mode: names(['replicated', 'baseline']),
  delivery: names(['sequential', 'parallel']),
  nameResolution: names(['off', 'on']),
  onPeerLoss: z.enum(['fail', 'retry', 'drop-and-report']),
};

/** Why a text is none of these counts. */
export const mysqlReaders = {
  insertsPerMinute: (text: string) => parseCounts(text, insertLimits, insertWords),
  aggregation: (text: string) => parseCounts(text, aggregationLimits),
  stringLength: (text: string) => parseCounts(text, stringLengthLimits),
  durability: (text: string) => parseCounts(text, durabilityLimits),
};
