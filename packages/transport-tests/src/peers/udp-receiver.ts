import type { DatagramTransport } from '@udpng/basic-peer'
import { producerFinished, shutdownMicroprocess } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'
import { udpReceiver } from '../rig/kinds.js'
import { quiet } from '../rig/quiet.js'
import { label, numbered, Rig } from '../rig/rig.js'

/** What UDPReceiver does with what arrives. */
export function describeUDPReceiver(transport: DatagramTransport, family: Family): void {
  describe(`UDPReceiver: ${label(transport, family)}`, () => {
    it('RCV-01 it emits what arrives, and never sends a datagram', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const receiver = await rig.begin(udpReceiver)
      const socket = rig.transport.sockets.at(-1)
      await endpoint.send(receiver.address, ...numbered(50))
      expect(await receiver.texts(50)).toEqual(numbered(50))
      receiver.peer.control.deliver(producerFinished())
      await quiet()
      receiver.peer.control.deliver(shutdownMicroprocess())
      await receiver.ended()
      await quiet()
      expect(socket).toMatchObject({ sends: 0, closed: true })
      expect(endpoint.got.length).toBe(0)
    })
  })
}
