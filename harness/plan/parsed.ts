/** The outcome of reading one piece of user text: a value, or the reason why it is none, as a clause. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export function accepted<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** Reads every item; the first refusal is the refusal of the whole. */
export function parseEach<T, Item = string>(
  items: readonly Item[],
  parse: (item: Item) => Parsed<T>,
): Parsed<T[]> {
  const values: T[] = [];
  for (const item of items) {
    const parsed = parse(item);
    if (!parsed.ok) return parsed;
    values.push(parsed.value);
  }
  return accepted(values);
}

/** The items of a comma-separated text, trimmed. */
export function commaItems(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

/** The pairs of a text such as `get=1,inc=8`, trimmed; what has no `=` has an empty value. */
export function assignments(text: string): [name: string, value: string][] {
  return commaItems(text).map((pair) => {
    const [name = '', value = ''] = pair.split('=').map((side) => side.trim());
    return [name, value];
  });
}

/** The first value that occurs twice. */
export function firstDuplicate<T>(values: readonly T[]): T | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}
