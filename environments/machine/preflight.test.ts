import { describe, expect, it } from 'vitest';
import { preflightRoutedMachines } from './preflight.ts';

describe('the check for machines with containers in them', () => {
  it('tells an ordinary user what needs root, and what does not', async () => {
    const refusal = preflightRoutedMachines(new AbortController().signal, 1000);
    await expect(refusal).rejects.toMatchObject({
      code: 'STRATA-E321',
      message: expect.stringMatching(/route.*only root may set.*uid 1000/) as string,
      fix: expect.stringContaining('--env vm') as string,
    });
  });
});
