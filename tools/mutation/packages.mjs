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
 * Test files that a mutation run leaves out: they repeat something thousands of times, or start programs and compilers, which do not have
 * the change. What only they notice is not in the score.
 */
export const SLOW_FILES = [
  'build',
  'cycles',
  'long',
  'namespace',
  'program',
  'resources',
  'sanitizers',
  'sessions-flood',
]
