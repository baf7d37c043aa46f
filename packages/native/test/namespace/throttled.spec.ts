import { spawnSync } from 'node:child_process'
import { numbered, Rig, udpSender } from '@udpng/transport-tests/tools'
import { eventually } from 'test-support'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadAddon } from '../../src/addon.js'
import { NativeTransport } from '../../src/native-transport.js'
import { available } from '../available.js'

/** The native transport, and the number of times that it has asked the system to send. */
function counting(): { readonly transport: NativeTransport; readonly calls: () => number } {
  const addon = loadAddon()
  let calls = 0
  const send: typeof addon.send = (...args) => {
    calls++
    return addon.send(...args)
  }
  return { transport: new NativeTransport({ ...addon, send }), calls: () => calls }
}

/** A cable of this test's own, with an end that never answers. */
const LINK = 'udpng6'
const THERE = ['10.97.0.2', 9] as const

function run(line: string): void {
  const [command, ...args] = line.split(' ')
  const { status, error, stderr } = spawnSync(command as string, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${line}: ${error?.message ?? stderr}`)
}

/** Why the link cannot be throttled here; undefined when it can. */
function throttle(limit: number): string | undefined {
  try {
    run(`tc qdisc replace dev ${LINK} root tbf rate 1mbit burst 2kb limit ${limit}`)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

describe.skipIf(!available())(
  'a link that is throttled to 125 datagrams of 1000 bytes a second',
  () => {
    beforeAll(() => {
      run(`ip link add ${LINK} type veth peer name udpng7`)
      run(`ip link set udpng7 up`)
      run(`ip link set ${LINK} up`)
      run(`ip address add 10.97.0.1/24 dev ${LINK}`)
      run(`ip neighbour add ${THERE[0]} lladdr 02:00:00:00:00:02 dev ${LINK}`)
    })
    afterAll(() => run(`ip link delete ${LINK}`))

    it('NAT-14 what finds no room in its queue is failed with ENOBUFS, at once, and is not tried again', async ({
      skip,
    }) => {
      const trouble = throttle(3000)
      skip(trouble !== undefined, trouble)
      const { transport, calls } = counting()
      const rig = new Rig(transport, 4)
      const sender = await rig.begin(udpSender, THERE, { localAddr: '10.97.0.1' })
      const before = calls()
      for (let i = 0; i < 100; i++) {
        // Each is larger than the one before, so that the kernel cuts none and reports each.
        sender.put(...numbered(10).map((text, i) => text.padEnd(1000 + i)))
        await eventually(() => sender.accounted === 10 * (i + 1))
      }
      expect(calls() - before).toBeLessThanOrEqual(400) // one or so for each run of ten
      const { sent, failed } = sender.peer.stats
      expect(sent).toBeGreaterThan(0)
      expect(failed).toEqual({ ENOBUFS: 1000 - sent })
    })

    it('NAT-14 what finds no room in the socket waits, and is not tried before there is room', async ({
      skip,
    }) => {
      const trouble = throttle(100_000_000)
      skip(trouble !== undefined, trouble)
      const { transport, calls } = counting()
      const rig = new Rig(transport, 4)
      const options = { localAddr: '10.97.0.1', sendBufferSize: 20_000 }
      const sender = await rig.begin(udpSender, THERE, options)
      sender.put(...numbered(10_000).map((text) => text.padEnd(1000)))
      await eventually(() => sender.peer.stats.sent > 0)
      const [before, callsBefore] = [sender.peer.stats.sent, calls()]
      await eventually(() => sender.peer.stats.sent >= before + 100)
      const { sent, failed } = sender.peer.stats
      // A notice of room comes for several at a time.
      expect(calls() - callsBefore).toBeLessThanOrEqual(sent - before)
      expect(sent).toBeLessThan(10_000)
      expect(failed).toEqual({})
    })
  },
)
