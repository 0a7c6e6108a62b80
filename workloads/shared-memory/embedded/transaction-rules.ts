/**
 * What a transaction must be before it may touch the store. The rules are etcd's, so that a mistake shows on either
 * implementation. Values come from the network: their shape is checked, not believed.
 */
import { refused } from '../failures.ts';
import { checkKey, checkSelector, selects } from '../keys.ts';
import type { KeySelector, Operation, Transaction } from '../shared-memory.ts';

/** Throws E513 with the reason. */
export function checkTransaction({ guards, success, failure = [] }: Transaction): void {
  for (const guard of guards) {
    checkText(guard.key, 'the key of a guard');
    checkKey(guard.key);
  }
  checkBranch(success);
  checkBranch(failure);
}

function checkBranch(operations: readonly Operation[]): void {
  const written = new Set<string>();
  const deleted: KeySelector[] = [];
  for (const operation of operations) {
    if (operation.op !== 'put') {
      checkSelect(operation.select);
      if (operation.op === 'delete') deleted.push(operation.select);
      continue;
    }
    checkText(operation.key, 'the key of a put');
    checkText(operation.value, 'the value of a put');
    checkKey(operation.key);
    if (written.has(operation.key)) throw writtenTwice(operation.key);
    written.add(operation.key);
  }
  for (const select of deleted) {
    for (const key of written) if (selects(select, key)) throw writtenTwice(key);
  }
}

export function checkSelect(select: KeySelector): void {
  for (const text of Object.values(select)) checkText(text, 'a bound of a selection');
  checkSelector(select);
}

function checkText(text: unknown, what: string): void {
  if (typeof text !== 'string') throw refused(undefined, what, new Error(`it is ${typeof text}, not text`));
}

function writtenTwice(key: string): Error {
  return refused(undefined, 'a transaction', new Error(`it writes the key ${JSON.stringify(key)} twice`));
}
