/** How large a cell may be. */
import type { CountLimits } from './counts.ts';

export const replicaLimits: CountLimits = { min: 1, max: 15 };
export const clientLimits: CountLimits = { min: 1, max: 64 };
