/** The `code` of a system error (`ENOENT`, `EEXIST` …), or undefined for any other thrown thing. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
