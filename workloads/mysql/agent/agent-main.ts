/** Entry of an agent's process on a node: the path of its configuration, a JSON file, is the last argument. */
import { readFileSync } from 'node:fs';
import { createAgent } from './agent.ts';
import { openControl } from './control.ts';
import type { AgentConfig } from './messages.ts';

async function main(): Promise<void> {
  const config = JSON.parse(readFileSync(process.argv.at(-1) ?? '', 'utf8')) as AgentConfig;
  await openControl(config.control, createAgent(config));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
