/** How a run shows its progress: the values of `--progress`. */
export const progressModes = ['auto', 'tty', 'plain', 'json', 'none'] as const;
export type ProgressMode = (typeof progressModes)[number];
