/** Which cells an arm of a hypothesis selects, as it may be written: every factor one value, a list or a range. */
import * as z from 'zod';
import { bootModes, environmentNames, workloadNames } from '../../foundation/cell.ts';
import type { CellSelector } from '../../foundation/hypothesis.ts';
import { cpuRange } from '../node-limits.ts';
import { mysqlFields } from '../mysql-values.ts';
import { parseBytes, sizePattern } from '../quantities.ts';
import { clientLimits, replicaLimits } from '../size-limits.ts';
import { counts, names, numeric, reading, text } from '../value-schemas.ts';

const unlimited = z.literal('none').transform(() => null);
const cpus = z.union([
  unlimited,
  ...numeric(z.number().min(cpuRange.min).max(cpuRange.max), /^\d{1,4}(\.\d{1,6})?$/).options,
]);
const memory = z.union([unlimited, text.regex(sizePattern).transform(reading(parseBytes))]);

const fields = {
  env: names(environmentNames),
  boot: names(bootModes),
  workload: names(workloadNames),
  replicas: counts(replicaLimits),
  clients: counts(clientLimits),
  store: names(['ram', 'disk']),
  sharedMemory: names(['etcd', 'embedded']),
  cpus: cpus.transform((value) => [value]),
  memory: memory.transform((value) => [value]),
  ...mysqlFields,
  engine: names(['mariadb', 'mysql']),
  onPeerLoss: names(['fail', 'retry', 'drop-and-report']),
};

/** Keys of an arm; `memory` is called as in `limits`. */
export const selectorKeys = Object.keys(fields) as readonly (keyof typeof fields)[];
export type SelectorKey = keyof typeof fields;

export const selectorSchema = z
  .strictObject(
    Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.optional()])) as {
      [Key in SelectorKey]: z.ZodOptional<(typeof fields)[Key]>;
    },
  )
  .transform((given): CellSelector => {
    const { memory: memoryBytes, nameResolution, ...same } = given;
    const all = {
      ...same,
      memoryBytes,
      nameResolution: nameResolution?.map((word) => word === 'on'),
    };
    return Object.fromEntries(Object.entries(all).filter(([, values]) => values !== undefined));
  });

/** Words that name a factor by themselves, where the factor is left out: `docker`, `ram`, `baseline`. */
const wordsOfFactors: Readonly<Partial<Record<SelectorKey, readonly string[]>>> = {
  env: environmentNames,
  workload: workloadNames,
  store: ['ram', 'disk'],
  sharedMemory: ['etcd', 'embedded'],
  boot: bootModes,
  mode: ['replicated', 'baseline'],
  delivery: ['sequential', 'parallel'],
};

export const selectorWords: ReadonlyMap<string, SelectorKey> = new Map(
  selectorKeys.flatMap((key) => (wordsOfFactors[key] ?? []).map((word) => [word, key] as const)),
);
