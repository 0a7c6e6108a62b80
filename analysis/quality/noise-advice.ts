/** What can be done about each kind of noise. */
export const noiseAdvice = {
  'stolen-time':
    'the hypervisor gave the time to other guests: use a machine of your own, or at a quieter hour',
  'other-load': 'end what else runs on this machine, or wait until it is done, and repeat the run',
  swapping: 'memory ran out: fewer or smaller nodes, or turn swap off so that it fails instead',
  'out-of-memory':
    'the kernel ended a process for want of memory: see its log for which; give the nodes less, or the host more',
  governor: 'set it for the run: cpupower frequency-set -g performance',
  'frequency-changed': 'fix the frequency: governor performance, turbo off; let a hot machine cool down',
  'thermal-throttling':
    'the processor was too hot: better cooling, fewer cores at once, or pauses between trials',
  'cpu-throttled':
    'the control group of this process has a CPU limit: lift it, the load generator is slowed by it',
  'memory-pressure': 'tasks waited for memory: fewer or smaller nodes',
  'slow-clock':
    'boot with clocksource=tsc: reading this clock takes a microsecond and shows in short latencies',
  'machine-changed': 'trials of two boots, kernels or clocks are in one run: repeat it on one',
  'clock-jumped':
    'latencies are safe, they use the monotonic clock; do not trust wall-clock times, and see what set the clock',
} as const;
