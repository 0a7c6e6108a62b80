/** `npm run bench 2>&1 | head`: whoever reads may leave, and a run that is kept in files goes on without a reader. */
export function outliveReaders(streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
