import type { DatagramTransport } from '@udpng/basic-peer'
import { describeAddresses } from './behaviour/addresses.js'
import { describeBinding } from './behaviour/binding.js'
import { describeChangedOptions } from './behaviour/changed-options.js'
import { describeCounters } from './behaviour/counters.js'
import { describeDatagrams } from './behaviour/datagrams.js'
import { describeDetails } from './behaviour/details.js'
import { describeFlow } from './behaviour/flow.js'
import { describeLinkLocal } from './behaviour/link-local.js'
import { describeMemberships } from './behaviour/memberships.js'
import { describeMulticast } from './behaviour/multicast.js'
import { describeNames } from './behaviour/names.js'
import { describeShutdown } from './behaviour/shutdown.js'
import { describeSourceAddress } from './behaviour/source-address.js'
import { describeUnixSockets } from './behaviour/unix-sockets.js'
import { describeMemory } from './contract/memory.js'
import { describeTransportContract } from './contract/transport-contract.js'
import { describeConnectedPeers } from './peers/connected-peers.js'
import { describePeers } from './peers/peers.js'
import { describeSameMessages } from './peers/same-messages.js'
import type { Supports } from './supports.js'
import { describeDetailsOnLink } from './system/details.js'
import { describeForeignErrors } from './system/foreign-errors.js'
import { describeForeignPrograms } from './system/foreign-programs.js'
import { describeFragments } from './system/fragments.js'
import { describeKernelCounters } from './system/kernel-counters.js'
import { describeLostInterfaces } from './system/lost-interfaces.js'

/**
 * Registers the whole suite for a transport with vitest: the contract of its sockets, and the behaviour of all peers on it, for
 * IPv4 and IPv6. Call it at the top level of a test file. It takes a minute or two; `describeCycles` and
 * `describeLongRuns` search for leaks and take longer.
 *
 * @param transport - the transport to test; it opens sockets on 127.0.0.1 and ::1
 * @param supports - the capabilities of the transport where the suite runs
 */
export function describeTransport(transport: DatagramTransport, supports: Supports): void {
  describeSockets(transport, supports)
  describeAllPeers(transport, supports)
}

/** Registers the tests of the contract, and those of the peers that depend most on the sockets. */
export function describeSockets(transport: DatagramTransport, supports: Supports): void {
  for (const family of [4, 6] as const) {
    describeTransportContract(transport, family, supports)
    describeSameMessages(transport, family)
    describeMemory(transport, family)
    describeAddresses(transport, family, supports)
    describeBinding(transport, family, supports)
    describeChangedOptions(transport, family, supports)
    describeConnectedPeers(transport, family)
    describeDetails(transport, family, supports)
    describeSourceAddress(transport, family)
  }
  describeUnixSockets(transport)
  // Linux has no route for IPv6 groups on loopback: see `describeCable`.
  const lo = { name: 'lo', address: '127.0.0.1' }
  if (supports.system) describeMulticast(transport, 4, lo)
  describeMemberships(transport, 4, lo)
}

/** Registers the tests of the behaviour of all peers on any transport. */
export function describeAllPeers(transport: DatagramTransport, supports: Supports): void {
  for (const family of [4, 6] as const) {
    describeDatagrams(transport, family)
    describeNames(transport, family)
    describeForeignErrors(transport, family)
    describeFlow(transport, family)
    describeShutdown(transport, family)
    describeCounters(transport, family)
    describePeers(transport, family)
    if (!supports.system) continue // no other program can reach it
    describeKernelCounters(transport, family, supports)
    describeForeignPrograms(transport, family)
  }
}

/** Registers the tests that need two connected interfaces: only for use inside `runInNamespace`, which creates them. */
export function describeCable(transport: DatagramTransport): void {
  const near = { name: 'udpng0', address: 'fe80::1' }
  const far = { name: 'udpng1', address: 'fe80::2' }
  const wiredTo = far.name
  describeLinkLocal(transport, { near, far })
  describeMulticast(transport, 4, { name: near.name, address: '10.9.0.1', wiredTo })
  describeMulticast(transport, 6, { name: near.name, address: 'fe80::1%udpng0', wiredTo })
  describeMemberships(transport, 4, { name: near.name, address: '10.9.0.1' })
  describeMemberships(transport, 6, { name: near.name, address: 'fe80::1%udpng0' })
  for (const family of [4, 6] as const) {
    describeLostInterfaces(transport, family)
    describeFragments(transport, family)
    describeDetailsOnLink(transport, family, { near, far })
  }
}
