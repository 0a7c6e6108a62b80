/** A node of the vm environment: one virtual machine. */
import { asError } from '../../harness/foundation/errors.ts';
import { remoteNode, type RemoteNode } from '../command/remote-node.ts';
import type { CommandRunner } from '../command/command-runner.ts';
import type { Booted, FailureDetecting, Node, NodeSpec } from '../environment.ts';
import type { NodeCgroup } from '../process/cgroup.ts';
import { netdevId } from '../machine/arguments.ts';
import { guestDirectories } from '../machine/identity.ts';
import type { Attachment } from '../machine/machine-network.ts';
import { machineStats } from '../machine/machine-stats.ts';
import type { NodeMachine } from '../machine/node-machine.ts';
import { sftpFiles } from '../ssh/sftp-files.ts';
import { sshRunner } from '../ssh/ssh-runner.ts';

export interface VmNodeParts {
  readonly spec: NodeSpec;
  readonly attachment: Attachment;
  readonly logDir: string;
  readonly nodeMachine: NodeMachine;
  readonly cgroup: NodeCgroup | null;
}

export function vmNode(parts: VmNodeParts): RemoteNode & Booted & FailureDetecting {
  const { spec, attachment, logDir, nodeMachine, cgroup } = parts;
  const { address, link } = attachment;
  const { machine, ssh } = nodeMachine;
  const node = remoteNode({
    ...{ spec, address, logDir, ...guestDirectories, ...portsOf(parts) },
    runner: explained(sshRunner(ssh, guestDirectories.workDir), nodeMachine.failed),
    files: sftpFiles(ssh),
    place: {
      pause: async () => {
        await machine.qmp.execute('stop');
      },
      resume: async () => {
        await machine.qmp.execute('cont');
      },
      kill: async () => {
        ssh.abandon();
        await machine.kill();
      },
      stats: () => {
        const throttledNs = () => (spec.cpus === undefined ? null : (cgroup?.throttledNs() ?? null));
        return Promise.resolve(machineStats({ pid: machine.pid, link, throttledNs }));
      },
    },
  });
  return {
    ...node,
    machine: spec.name,
    failed: nodeMachine.failed,
    bootTimeline: nodeMachine.timeline,
    bootFailures: nodeMachine.failures,
  };
}

/** Where ports are opened one by one, that is asked of the node's QEMU. */
function portsOf({ attachment, nodeMachine }: VmNodeParts): { allocatePort?: Node['allocatePort'] } {
  const { allocatePort } = attachment;
  if (allocatePort === undefined) return {};
  const { qmp } = nodeMachine.machine;
  const run = (line: string) => qmp.execute('human-monitor-command', { 'command-line': line });
  return { allocatePort: () => allocatePort({ run, netdev: netdevId(0) }) };
}

/** A machine that ended by itself tells more by its reason than by the connection that was lost. */
function explained(runner: CommandRunner, failed: AbortSignal): CommandRunner {
  const reason = () => (failed.aborted ? asError(failed.reason) : null);
  return {
    ...runner,
    start: async (request) => {
      const running = await runner.start(request).catch((error: unknown) => {
        throw reason() ?? error;
      });
      return { ...running, failure: () => reason() ?? running.failure() };
    },
  };
}
