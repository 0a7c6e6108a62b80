/** Colours of page and charts. Light is also what is printed and what PNGs have. */

export interface Theme {
  readonly paper: string;
  readonly card: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
}

export const light: Theme = {
  ...{ paper: '#ffffff', card: '#f6f7f9' },
  ...{ text: '#1b1f24', quiet: '#57606a', line: '#d5dae0' },
};

export const dark: Theme = {
  ...{ paper: '#14171b', card: '#1d2126' },
  ...{ text: '#e8eaed', quiet: '#a3acb6', line: '#3a4149' },
};

/** Okabe and Ito's palette, told apart with every common colour blindness; black becomes the text colour. */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#b8a900'] as const;
const shapes = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'cross', 'crossRot'] as const;
const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

export interface Stroke {
  readonly color: string;
  readonly shape: (typeof shapes)[number];
  readonly dash: number[];
}

/** How the series at `index` looks: never by colour alone. */
export function strokeOf(index: number): Stroke {
  return {
    color: palette[index % palette.length] ?? palette[0],
    shape: shapes[index % shapes.length] ?? 'circle',
    dash: [...(dashes[Math.floor(index / palette.length) % dashes.length] ?? [])],
  };
}

/** `#rrggbb` with an opacity. */
export function faded(color: string, opacity: number): string {
  return `${color}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`;
}
