import { expect, it } from 'vitest';
import { cleaningText } from './clean.ts';
import { removeStaleFiles } from './stale-files.ts';

const nothing = () => Promise.resolve([]);

it('what machines stand on stays while a live run has machines, and clean says whose', async () => {
  const asked: string[] = [];
  const remove = (what: string) => () => {
    asked.push(what);
    return Promise.resolve([{ path: `/cache/${what}`, sizeBytes: 1e9 }]);
  };
  const removers = { images: remove('rootfs'), templates: remove('template'), guests: remove('guest') };
  const { signal } = new AbortController();

  const during = await removeStaleFiles(signal, { ...removers, users: () => Promise.resolve(['r1']) });
  expect(asked.splice(0)).toEqual(['rootfs']);
  expect(cleaningText({ removed: [], live: [], ...during })).toMatch(
    /not looked at: guest images and prepared machines \(machines are in use by r1/,
  );

  const after = await removeStaleFiles(signal, { ...removers, users: nothing });
  // Whether a template is stale is told by the guest image, so that goes last.
  expect(asked).toEqual(['rootfs', 'template', 'guest']);
  expect(cleaningText({ removed: [], live: [], ...after })).toContain(
    'removed /cache/guest (1.0 GB)\n3.0 GB of disk freed',
  );
});
