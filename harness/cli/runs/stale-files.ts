/** `clean --all`: files that no run of this version asks for any more, but for those a live run may still ask for. */
import { removeStaleGuestImages } from '../../../environments/guest/status.ts';
import { removeStaleImages, type RemovedFile } from '../../../environments/image/status.ts';
import {
  presentCircumstances,
  removeStaleTemplates,
  runsWithMachines,
} from '../../../environments/machine/template-status.ts';

export interface StaleFiles {
  readonly files: readonly RemovedFile[];
  readonly skipped: readonly { readonly what: string; readonly reason: string }[];
}

/** What removes what, and who may still need it. */
export interface Removers {
  readonly images: () => Promise<readonly RemovedFile[]>;
  readonly templates: (signal: AbortSignal) => Promise<readonly RemovedFile[]>;
  readonly guests: () => Promise<readonly RemovedFile[]>;
  /** Ids of the live runs that have machines. */
  readonly users: () => Promise<readonly string[]>;
}

const ofThisHost: Removers = {
  images: () => removeStaleImages(),
  templates: async (signal) => removeStaleTemplates(await presentCircumstances(signal)),
  guests: () => removeStaleGuestImages(),
  users: runsWithMachines,
};

/**
 * A live run that has machines may have been begun by another version of this program: what is stale for this one may
 * be what its next trial wakes. So guest images and prepared machines stay until no such run is left.
 */
export async function removeStaleFiles(
  signal: AbortSignal,
  { images, templates, guests, users }: Removers = ofThisHost,
): Promise<StaleFiles> {
  const files = [...(await images())];
  const live = await users();
  if (live.length > 0) {
    const reason = `machines are in use by ${live.join(', ')}; clean again when that is over`;
    return { files, skipped: [{ what: 'guest images and prepared machines', reason }] };
  }
  // Templates first: whether one is stale is told by the image it was made from.
  files.push(...(await templates(signal)));
  return { files: [...files, ...(await guests())], skipped: [] };
}
