/** The counter of paper `onset` (section 4) as a pure function. */

export const counterOperations = ['get', 'inc', 'dou'] as const;
export type CounterOperation = (typeof counterOperations)[number];

/** `dou` leaves values up to this alone. */
export const halvedAbove = 30;

/** The value after `operation`, which is also its answer. `dou` halves, rounding down, what is above 30. */
export function applyToCounter(value: number, operation: CounterOperation): number {
  switch (operation) {
    case 'get':
      return value;
    case 'inc':
      return value + 1;
    case 'dou':
      return value > halvedAbove ? Math.floor(value / 2) : value;
  }
}
