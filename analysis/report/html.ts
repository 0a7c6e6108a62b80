/** HTML in which text cannot become markup: every value put into a template is escaped unless it is markup itself. */

export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Part[];

/** A template whose values are escaped; nested templates and lists of them are kept as they are. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  const markup = strings.map(
    (text, index) => text + (index < values.length ? inserted(values[index] ?? '') : ''),
  );
  return { markup: markup.join('') };
}

function inserted(part: Part): string {
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(inserted).join('');
}

export const nothing: Markup = { markup: '' };

/** Safe in text and in quoted attributes. Control characters, which HTML forbids, become visible. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '\ufffd');
}

/** JSON for a `<script type="application/json">`: cannot close the element, open a comment or break a line. */
export function jsonMarkup(value: unknown): Markup {
  const text = JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return { markup: text };
}

/** A script of our own; refuses text that would end its element early. */
export function scriptMarkup(source: string): Markup {
  if (/<\/script|<!--/i.test(source))
    throw new TypeError('a script to be inlined contains the end of its element');
  return { markup: source };
}
