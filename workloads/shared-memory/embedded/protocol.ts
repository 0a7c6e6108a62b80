/** What client and server of the embedded store say to each other: a frame is a JSON array of these. */
import type { KeySelector, MemoryEvent, Transaction } from '../shared-memory.ts';

/** The calls that are answered, each with its identifier. */
export type Call =
  | { readonly call: 'commit'; readonly transaction: Transaction }
  | { readonly call: 'range'; readonly select: KeySelector }
  | { readonly call: 'compact'; readonly revision: number }
  | { readonly call: 'grant'; readonly ttlMs: number }
  | { readonly call: 'keep-alive'; readonly lease: string }
  | { readonly call: 'revoke'; readonly lease: string };

export type Request =
  | (Call & { readonly id: number })
  | { readonly call: 'watch'; readonly watch: number; readonly select: KeySelector; readonly from: number }
  | { readonly call: 'unwatch'; readonly watch: number };

export type CallAnswer =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly refusal: Refusal };

export type WatchAnswer =
  | { readonly watch: number; readonly ready: true }
  | { readonly watch: number; readonly events: readonly MemoryEvent[] }
  | { readonly watch: number; readonly compacted: number }
  | { readonly watch: number; readonly refusal: Refusal };

export type Answer = CallAnswer | WatchAnswer;

export interface Refusal {
  readonly reason: 'lease-expired' | 'refused';
  readonly message: string;
}
