/** Whether this machine has a database server to test with. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

const places = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];

/** The reason why there is none, or null when there is one. */
export function whyNoServer(): string | null {
  const found = places.some((place) => {
    try {
      accessSync(join(place, 'mariadbd'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return found ? null : 'mariadbd is not installed (apt-get install mariadb-server)';
}
