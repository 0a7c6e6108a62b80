/** What a virtual machine is made of, as far as a trial decides it. `arguments.ts` turns it into QEMU's words. */

/** Who executes the guest's instructions: the processor, or QEMU's translator (TCG). */
export type Accelerator =
  | { readonly kind: 'kvm' }
  | {
      readonly kind: 'tcg';
      /** As after `-cpu`, such as `qemu64,-cx16`. */
      readonly cpuModel: string;
      /** Bound of the cache of translated code; without one it grows to as much as the guest's memory. */
      readonly translationBufferMiB: number;
    };

export interface GuestRam {
  /** File that holds the guest's memory; made and sized by QEMU when it is not there. */
  readonly path: string;
  /** true: what the guest writes is in the file (a template). false: private copy-on-write mapping (a clone). */
  readonly shared: boolean;
}

export interface MachineDisk {
  readonly path: string;
  readonly format: 'qcow2' | 'raw';
  /** Unique in the machine, letters and digits; named in `BLOCK_IO_ERROR`. */
  readonly id: string;
}

/** A TCP port of the host's loopback that leads into the guest. */
export interface PortForward {
  readonly hostPort: number;
  readonly guestPort: number;
}

/** Where guests meet without root: all on one multicast group, or one end each of a stream (4-byte lengths). */
export type SocketEndpoint =
  | {
      readonly kind: 'multicast';
      readonly group: string;
      readonly port: number;
      readonly localAddress: string;
    }
  | { readonly kind: 'stream'; readonly path: string; readonly listen: boolean };

export type NicBackend =
  | { readonly kind: 'tap'; readonly link: string }
  | { readonly kind: 'user'; readonly forwards: readonly PortForward[] }
  | { readonly kind: 'socket'; readonly endpoint: SocketEndpoint };

export interface MachineNic {
  readonly mac: string;
  readonly backend: NicBackend;
}

export interface MachineSpec {
  /** QEMU's `-name`: carries the run id, so that `clean` finds the process. */
  readonly name: string;
  readonly memoryBytes: number;
  readonly vcpus: number;
  readonly accelerator: Accelerator;
  readonly ram: GuestRam;
  readonly kernel: string;
  readonly initrd: string;
  /** Added to {@link baseKernelParameters}: the guest's role and what it wants to know. */
  readonly kernelParameters: string;
  readonly disks: readonly MachineDisk[];
  /** In order: the first is the guest's `eth0`. */
  readonly nics: readonly MachineNic[];
  /** Unix sockets QEMU listens on; at most 107 bytes each. */
  readonly sockets: { readonly qmp: string; readonly agent: string };
  /** File for all the guest's console says; begun anew. */
  readonly serialLog: string;
  /** true: wait for a snapshot (`migrate-incoming`) instead of booting. */
  readonly incoming: boolean;
}

/** `panic=-1`: a dead kernel ends QEMU at once; `net.ifnames=0`: cards are eth0, eth1 … in the order of the spec. */
export const baseKernelParameters = 'quiet panic=-1 net.ifnames=0 console=ttyS0';
