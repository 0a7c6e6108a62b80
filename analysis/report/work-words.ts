/** What the figures of cells count and time: requests of ONSET, inserts of mysql, or both. */
interface WithFactors {
  readonly factors: ReadonlyMap<string, string>;
}

export interface WorkWords {
  /** Unit of the throughput, as the head of a column. */
  readonly rate: 'requests/s' | 'inserts/s' | 'operations/s';
  readonly ratePerSecond: string;
  /** What p50, p99 … are of. */
  readonly time: 'latency' | 'cycle time' | 'latency or cycle time';
}

const ofOnset: WorkWords = { rate: 'requests/s', ratePerSecond: 'requests per second', time: 'latency' };
const ofMysql: WorkWords = { rate: 'inserts/s', ratePerSecond: 'inserts per second', time: 'cycle time' };
const ofBoth: WorkWords = {
  rate: 'operations/s',
  ratePerSecond: 'requests or inserts per second',
  time: 'latency or cycle time',
};

/** The words for all of these cells together. */
export function workWords(cells: readonly WithFactors[]): WorkWords {
  const inserting = cells.filter(isInserting).length;
  if (inserting === 0) return ofOnset;
  return inserting === cells.length ? ofMysql : ofBoth;
}

export function isInserting({ factors }: WithFactors): boolean {
  return factors.get('workload') === 'mysql';
}
