/**
 * The packages whose tests are measured. Each gives the test projects that run against its changed sources: a transport
 * is tested by the suite of all transports, a base class by what is built on it. The project `simulation` runs that suite on a simulated
 * network, where it takes seconds.
 */
export const PACKAGES = {
  core: ['core'],
  chassis: ['chassis'],
  peers: ['peers', 'simulation'],
  'basic-peer': ['basic-peer', 'peers', 'simulation'],
  native: ['native'],
  simulation: ['simulation'],
}

/**
 * Test files that a mutation run leaves out: they repeat something thousands of times, flood a socket for seconds, or start programs and
 * compilers, which do not have the change. What only they notice is not in the score.
 */
export const SLOW_FILES = [
  'addon',
  'build',
  'cycles',
  'long',
  'model',
  'namespace',
  'peers',
  'program',
  'resources',
  'sanitizers',
  'sessions-flood',
]

/** Test files that replace a module of Node.js, which works only in a process that has not imported it yet. */
export const MOCKING_FILES = ['choose-transport', 'interface-watch', 'kernel-drops', 'zones']
