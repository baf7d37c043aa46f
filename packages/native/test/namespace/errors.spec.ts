import { writeFileSync } from 'node:fs'
import { noStats, type Parcel } from '@udpng/basic-peer'
import { numbered, quiet, Rig } from '@udpng/transport-tests/tools'
import { eventually } from 'test-support'
import { describe, expect, it } from 'vitest'
import { type Handle, loadAddon } from '../../src/addon.js'
import { SOL_SOCKET } from '../../src/linux.js'
import { NativeTransport } from '../../src/native-transport.js'
import { available } from '../available.js'

const MANY = 100_000
const SO_RCVBUFFORCE = 33

describe.skipIf(!available())('errors of datagrams that were not received', () => {
  it.each([4, 6] as const)(
    'NAT-12 1e5 of them that wait in the queue of an IPv%i socket stop no data',
    async (family) => {
      // Otherwise the kernel reports only 1000 a second.
      writeFileSync('/proc/sys/net/ipv4/icmp_ratemask', '0')
      writeFileSync('/proc/sys/net/ipv6/icmp/ratelimit', '0')
      const addon = loadAddon()
      let handle: Handle | undefined
      const transport = new NativeTransport({
        ...addon,
        open(family, notify) {
          handle = addon.open(family, notify) as Handle
          return handle
        },
      })
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const dead = rig.deadAddress()
      const stats = noStats()
      const socket = transport.open({
        family,
        host: rig.host,
        port: 0,
        receive: true,
        stats,
        onFailed: (_, error) => expect(error).toBeUndefined(),
        onSettled: () => {},
      })
      const size = Buffer.alloc(4)
      size.writeInt32LE(1 << 29)
      // Without the right to that, there is room for fewer.
      const roomy =
        addon.setOption(handle as unknown as Handle, SOL_SOCKET, SO_RCVBUFFORCE, size) === 0

      // Each is larger than the one before: none is cut, and each has an error of its own.
      const run = Array.from(
        { length: 1000 },
        (_, i): Parcel => ({ data: Buffer.alloc(i), host: dead[0], port: dead[1] }),
      )
      for (let i = 0; i < MANY / run.length; i++) expect(socket.send(run)).toBe(run.length)
      await endpoint.send(socket.address, ...numbered(100))
      // Sends take them off the queue, too.
      const before = stats.refused ?? 0
      let [received, toldBy] = [0, MANY]
      socket.watch('read', function read() {
        received += socket.read(1000).length
        if (received === 100) toldBy = Math.min(toldBy, stats.refused ?? 0)
        socket.watch('read', read)
      })
      await eventually(() => received === 100)
      expect(toldBy - before).toBeLessThan(1000)
      await eventually(() => (stats.refused ?? 0) >= (roomy ? MANY : 1))
      await quiet()
      // Each is counted once, by whichever socket.
      if (roomy) expect(stats.refused).toBe(MANY)
      expect(stats.receiveErrors).toBe(0)
      socket.close()
    },
    180_000,
  )
})
