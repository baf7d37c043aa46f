/**
 * The packages whose tests are measured. Each gives the test projects that run against its changed sources: a transport
 * is tested by the suite of all transports, a base class by what is built on it.
 */
export const PACKAGES = {
  core: ['core'],
  chassis: ['chassis'],
  peers: ['peers'],
  'basic-peer': ['basic-peer', 'peers', 'transport-tests'],
  native: ['native'],
  simulation: ['simulation'],
}
