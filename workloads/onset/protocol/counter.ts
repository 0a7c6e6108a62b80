/** The replicated state machine of the paper (section 4.1): one shared counter and three commands. */

export const clientCommands = ['get', 'inc', 'dou'] as const;
export type ClientCommand = (typeof clientCommands)[number];

/** `nop` fills an order that no request came to hold. */
export type Command = ClientCommand | 'nop';

/** `dou` halves, and only above this. */
const halvingThreshold = 30;

/** The counter after the command; all values are integers. */
export function applyCommand(counter: number, command: Command): number {
  switch (command) {
    case 'inc':
      return counter + 1;
    case 'dou':
      return counter > halvingThreshold ? Math.floor(counter / 2) : counter;
    case 'get':
    case 'nop':
      return counter;
  }
}
