/** What happened in a trial of the inserter, on the samples' clock: its phases, its losses, and what they left undone. */
import type { Annotation } from '../workload.ts';
import type { LaneBatches } from './agent/messages.ts';
import { nodeName } from './check.ts';
import type { DriveFindings } from './drive.ts';
import { rangesOf, rangeWords, sizeOf, type SequenceRange } from './proof/deviations.ts';

export function annotationsOf(findings: DriveFindings): Annotation[] {
  return [...phaseAnnotations(findings), ...lossAnnotations(findings), ...undelivered(findings)];
}

/** When each phase began at the first instance, and how long it took the slowest. */
function phaseAnnotations({ phases, mappings }: DriveFindings): Annotation[] {
  return [...phases].flatMap(([phase, reports]) => {
    const spans = reports.flatMap((report, index) => {
      const mapping = mappings[index];
      return report === null || !mapping ? [] : [{ ...report, atNs: mapping.toHarness(report.startNs) }];
    });
    if (spans.length === 0) return [];
    const slowestMs = Math.max(...spans.map(({ startNs, endNs }) => endNs - startNs)) / 1e6;
    const atNs = Math.min(...spans.map((span) => span.atNs));
    return [{ atNs, kind: 'phase', text: `${phase} begins; it takes ${slowestMs.toFixed(1)} ms` }];
  });
}

const shownLosses = 50;

function lossAnnotations({ reports, mappings }: DriveFindings): Annotation[] {
  const all = reports.flatMap((report, index) => {
    const mapping = mappings[index];
    if (report === null || !mapping) return [];
    return report.losses.map(({ lane, peer, atNs, words }): Annotation => {
      const text = `loop ${lane} of ${nodeName(index)} lost ${nodeName(peer)}: ${words}`;
      return { atNs: mapping.toHarness(atNs), kind: 'peer-loss', text };
    });
  });
  return all.sort((a, b) => a.atNs - b.atNs).slice(0, shownLosses);
}

/** Exactly which tuples of which loop are not where, as the agents report it; the proof checks that it is so. */
function undelivered({ reports, outcome }: DriveFindings): Annotation[] {
  const place = { atNs: outcome.measureEndNs, kind: 'not-delivered' };
  const sentences = (key: 'dropped' | 'doubtful', verb: string) =>
    byPlace(reports.flatMap((report) => report?.[key] ?? [])).map(([{ peer, lane }, ranges]): Annotation => {
      const loop = `loop ${lane} of ${nodeName(lane % reports.length)}`;
      const text = `${nodeName(peer)} ${verb} ${sizeOf(ranges)} tuples of ${loop}: ${rangeWords(ranges)}`;
      return { ...place, text };
    });
  return [...sentences('dropped', 'was not sent'), ...sentences('doubtful', 'may or may not have')];
}

/** The batches of each loop for each database, as ranges of tuples. */
function byPlace(batches: readonly LaneBatches[]): [Pick<LaneBatches, 'peer' | 'lane'>, SequenceRange[]][] {
  const places = new Map<string, LaneBatches[]>();
  for (const batch of batches) {
    const key = `${batch.peer}/${batch.lane}`;
    places.set(key, [...(places.get(key) ?? []), batch]);
  }
  return [...places.values()].flatMap((ofPlace) =>
    ofPlace[0] === undefined ? [] : [[ofPlace[0], rangesOf(ofPlace)]],
  );
}
