import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLines } from './ndjson.ts';
import { plannedTrial, trialRecord } from './records.fixture.ts';
import type { TrialRecord } from './records.ts';
import { trialRecordSchema } from './schemas.ts';

const records = [0, 1, 2, 3].map((index) =>
  trialRecord(plannedTrial(index), { invalid: ['Prüfung\n"zwei"', '漢字 🙂'] }),
);
const lines = records.map((record) => Buffer.from(`${JSON.stringify(record)}\n`));
const whole = Buffer.concat(lines);

/** How many whole lines the first `length` bytes hold. */
function linesWithin(length: number): number {
  let end = 0;
  return lines.filter((line) => (end += line.byteLength) <= length).length;
}

describe('the reader of records', () => {
  it('gives back what was written', () => {
    const read = parseLines(whole, trialRecordSchema, 'f');
    expect(read).toEqual({ records, wholeBytes: whole.byteLength, tornBytes: 0 });
  });

  it('loses at most the last line wherever the file is cut, even within a letter', () => {
    fc.assert(
      fc.property(fc.nat(whole.byteLength), (length) => {
        const read = parseLines<TrialRecord>(whole.subarray(0, length), trialRecordSchema, 'f');
        const kept = linesWithin(length);
        expect(read.records).toEqual(records.slice(0, kept));
        expect(read.wholeBytes + read.tornBytes).toBe(length);
        expect(read.tornBytes).toBeLessThan(lines[kept]?.byteLength ?? 1);
      }),
      { numRuns: 300 },
    );
  });

  it('never takes damage in the middle for anything else', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.integer({ min: 1, max: 40 }), (line, bytes) => {
        const damaged = lines.map((text, index) => (index === line ? text.subarray(bytes) : text));
        const read = () => parseLines(Buffer.concat(damaged), trialRecordSchema, '/runs/r/trials.ndjson');
        expect(read).toThrow(
          expect.objectContaining({
            code: 'STRATA-E263',
            message: expect.stringContaining(`/runs/r/trials.ndjson:${line + 1} `) as string,
          }),
        );
      }),
    );
  });

  it('names the field of a record that is not what it should be', () => {
    const wrong = JSON.stringify({ ...records[0], sampleCount: 'many' });
    const read = () => parseLines(Buffer.from(`${wrong}\n`), trialRecordSchema, 'f');
    expect(read).toThrow(/f:1 is damaged: sampleCount: .*expected number/);
  });
});
