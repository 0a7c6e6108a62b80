/** The five papers, each read from its data file and held against the schema when it is asked for. */
import containersVsVms from './data/containers-vs-vms.json' with { type: 'json' };
import easyexp from './data/easyexp.json' with { type: 'json' };
import idleCloud from './data/idle-cloud.json' with { type: 'json' };
import onset from './data/onset.json' with { type: 'json' };
import remus from './data/remus.json' with { type: 'json' };
import { parsePaper, type Paper } from './paper.ts';

const files = { onset, 'containers-vs-vms': containersVsVms, remus, easyexp, 'idle-cloud': idleCloud };

export const paperNames = Object.keys(files) as readonly (keyof typeof files)[];
export type PaperName = (typeof paperNames)[number];

export function readPaper(name: PaperName): Paper {
  return parsePaper(files[name]);
}
