import type { DatagramTransport } from '@udpng/basic-peer'
import { describeAddresses } from './addresses.js'
import { describeBinding } from './binding.js'
import { describeCounters } from './counters.js'
import { describeDatagrams } from './datagrams.js'
import { describeFlow } from './flow.js'
import { describeForeignErrors } from './foreign-errors.js'
import { describeForeignPrograms } from './foreign-programs.js'
import { describeKernelCounters } from './kernel-counters.js'
import { describeLinkLocal } from './link-local.js'
import { describeMemory } from './memory.js'
import { describeMulticast } from './multicast.js'
import { describeNames } from './names.js'
import { describePeers } from './peers.js'
import { describeSameMessages } from './same-messages.js'
import { describeShutdown } from './shutdown.js'
import type { Supports } from './supports.js'
import { describeTransportContract } from './transport-contract.js'

/** What a transport promises, and what of the peers depends on its sockets most. */
export function describeSockets(transport: DatagramTransport, supports: Supports): void {
  for (const family of [4, 6] as const) {
    describeTransportContract(transport, family, supports)
    describeSameMessages(transport, family)
    describeMemory(transport, family)
    describeAddresses(transport, family, supports)
    describeBinding(transport, family, supports)
  }
  // Linux has no route for IPv6 groups on loopback: see `describeCable`.
  if (supports.system) describeMulticast(transport, 4, { name: 'lo', address: '127.0.0.1' })
}

/** What the peers promise, on any transport. */
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

/** What needs a cable between two interfaces: only where `runInNamespace` has laid one. */
export function describeCable(transport: DatagramTransport): void {
  const near = { name: 'udpng0', address: 'fe80::1' }
  const far = { name: 'udpng1', address: 'fe80::2' }
  const wiredTo = far.name
  describeLinkLocal(transport, { near, far })
  describeMulticast(transport, 4, { name: near.name, address: '10.9.0.1', wiredTo })
  describeMulticast(transport, 6, { name: near.name, address: 'fe80::1%udpng0', wiredTo })
}
