/** What a paper reports beside what a run measured, as one tidy table with the place each figure was read at. */
import { writeCsv, type CsvRow } from './csv.ts';
import type { Estimate } from './summary.ts';

export interface PaperRow {
  readonly paper: string;
  /** `table-1`, `figure-5a`. */
  readonly item: string;
  /** Cells the row is about, alike in all that the paper does not vary. */
  readonly setting: string;
  readonly store: string | null;
  /** `3`, or a step `1→3`. */
  readonly replicas: string | null;
  readonly clients: number | null;
  /** Of workload mysql; `max` is as fast as possible. */
  readonly insertsPerMinute: string | null;
  readonly quantity: string;
  readonly unit: string;
  /** null where the paper shows a plot or says it in words only. */
  readonly reported: number | null;
  readonly source: string;
  /** null where this run has no such figure; `remark` says why. */
  readonly measured: Estimate | null;
  /** Trials or blocks that `measured` rests on. */
  readonly n: number;
  /** measured / reported. */
  readonly ratio: number | null;
  readonly remark: string;
}

const columns: readonly (readonly [name: string, value: (row: PaperRow) => string | number | null])[] = [
  ['paper', ({ paper }) => paper],
  ['item', ({ item }) => item],
  ['setting', ({ setting }) => setting],
  ['store', ({ store }) => store],
  ['replicas', ({ replicas }) => replicas],
  ['clients', ({ clients }) => clients],
  ['inserts_per_minute', ({ insertsPerMinute }) => insertsPerMinute],
  ['quantity', ({ quantity }) => quantity],
  ['unit', ({ unit }) => unit],
  ['paper_value', ({ reported }) => reported],
  ['paper_source', ({ source }) => source],
  ['measured', ({ measured }) => measured?.mean ?? null],
  ['measured_ci_low', ({ measured }) => measured?.ciLow ?? null],
  ['measured_ci_high', ({ measured }) => measured?.ciHigh ?? null],
  ['n', ({ n }) => n],
  ['measured_over_paper', ({ ratio }) => ratio],
  ['remark', ({ remark }) => remark],
];

/** @throws StrataError E360–E362 */
export async function exportPaperCsv(path: string, rows: readonly PaperRow[]): Promise<void> {
  const lines = rows.map((row): CsvRow => columns.map(([, value]) => value(row)));
  await writeCsv(
    path,
    columns.map(([name]) => name),
    lines,
  );
}
