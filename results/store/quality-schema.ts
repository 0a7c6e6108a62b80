/** What `quality-record.ts` says in types, as a schema; `schemas.ts` holds the two against each other. */
import { z } from 'zod';

const nullable = z.array(z.number().nullable());

export const qualitySchema = z.object({
  series: z.object({
    startNs: z.number(),
    widthNs: z.number().positive(),
    measureFrom: z.int().nonnegative(),
    acknowledged: z.array(z.int().nonnegative()),
    latencyMeanMs: nullable,
    latencyMaxMs: nullable,
  }),
  steadyState: z
    .object({
      kind: z.enum(['flat', 'warm-up', 'slowdown', 'none']),
      of: z.enum(['throughput', 'latency']),
      changesNs: z.array(z.number()),
      steadyFromNs: z.number(),
      levels: z.array(z.number()),
    })
    .nullable(),
  steadyRemark: z.string(),
  autocorrelation: z
    .object({
      lag1: z.number(),
      buckets: z.int().positive(),
      effectiveBuckets: z.number().positive(),
      latencyMeanMs: z.object({ mean: z.number(), low: z.number(), high: z.number() }).nullable(),
    })
    .nullable(),
  littlesLaw: z
    .object({
      clients: z.int().positive(),
      inFlight: z.number().nonnegative(),
      fromNs: z.number(),
      toNs: z.number(),
      relativeError: z.number().nonnegative(),
    })
    .nullable(),
  silence: z.object({ startNs: z.number(), durationNs: z.number() }).nullable(),
  schedule: z
    .object({
      due: z.number(),
      recorded: z.int().nonnegative(),
      latestSendNs: z.number(),
      longestLatencyNs: z.number(),
    })
    .nullable(),
});
