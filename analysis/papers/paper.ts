/**
 * What the reproduced papers report, as data: figures and findings with the place they were read at, in our own words.
 * The files under `data/` are the only source; nothing here interprets them.
 */
import { z } from 'zod';

/** Where in the paper: `section 4.2, table 1`. The texts have no page numbers. */
const source = z.string().regex(/^(abstract|section|table|figure)/);
const factors = z.record(z.string(), z.union([z.string(), z.number()]));

const setupSchema = z.strictObject({ aspect: z.string().min(1), value: z.string().min(1), source });

const figureSchema = z
  .strictObject({
    quantity: z.string().regex(/^[a-z0-9-]+$/),
    factors: factors.default({}),
    value: z.number(),
    /** Ends of the paper's own interval. */
    low: z.number().optional(),
    high: z.number().optional(),
    unit: z.enum(['%', 'ms', 's', 'min', '1/s', 'MB', 'GB', 'bytes', '1']),
    source,
    /** What a reader must know of the figure: rounding, a misprint. */
    note: z.string().optional(),
  })
  .refine(({ low, high, value, note }) => {
    const isWithin = (low ?? value) <= value && value <= (high ?? value);
    return isWithin || note !== undefined;
  }, 'a value outside its own interval needs a note');

const findingSchema = z.strictObject({
  /** What it belongs to: `figure-5`. */
  topic: z.string().regex(/^[a-z0-9-]+$/),
  finding: z.string().min(1),
  source,
});

const verdictSchema = z.strictObject({
  /** The preset's hypotheses that read it are called `H1` or `H1-…`. */
  id: z.string().min(1),
  claim: z.string().min(1),
  verdict: z.enum(['supported', 'refuted']),
  basis: z.string().min(1),
  source,
});

const paperSchema = z.strictObject({
  name: z.string().min(1),
  title: z.string().min(1),
  authors: z.string().min(1),
  setup: z.array(setupSchema),
  figures: z.array(figureSchema).refine(hasNoTwins, 'two figures of the same quantity and factors'),
  findings: z.array(findingSchema),
  verdicts: z.array(verdictSchema),
});

export type Paper = Readonly<z.infer<typeof paperSchema>>;
export type PaperFigure = Paper['figures'][number];
export type PaperFinding = Paper['findings'][number];
export type PaperVerdict = Paper['verdicts'][number];

/** @throws ZodError when the file is not what a paper's data must be */
export function parsePaper(value: unknown): Paper {
  return paperSchema.parse(value);
}

/** The figure of a quantity whose factors are exactly these; null where the paper gives none. */
export function figureOf(
  { figures }: Paper,
  quantity: string,
  wanted: Readonly<Record<string, string | number>> = {},
): PaperFigure | null {
  const key = factorKey(wanted);
  return figures.find((figure) => figure.quantity === quantity && factorKey(figure.factors) === key) ?? null;
}

/** All figures of a quantity, in the order of the file. */
export function figuresOf({ figures }: Paper, quantity: string): readonly PaperFigure[] {
  return figures.filter((figure) => figure.quantity === quantity);
}

export function findingsOf({ findings }: Paper, topic: string): readonly PaperFinding[] {
  return findings.filter((finding) => finding.topic === topic);
}

function hasNoTwins(
  figures: readonly { quantity: string; factors: Readonly<Record<string, string | number>> }[],
) {
  const keys = figures.map((figure) => `${figure.quantity} ${factorKey(figure.factors)}`);
  return new Set(keys).size === keys.length;
}

function factorKey(values: Readonly<Record<string, string | number>>): string {
  return JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
