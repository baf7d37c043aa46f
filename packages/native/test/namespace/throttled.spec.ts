import { spawnSync } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { numbered, Rig, udpSender } from '@udpng/transport-tests/tools'
import { eventually } from 'test-support'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../available.js'

const transport = available()

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

/** The share of one processor that this process takes while something goes on. */
async function share(act: () => Promise<void>): Promise<number> {
  const [cpu, start] = [process.cpuUsage(), performance.now()]
  await act()
  const { user, system } = process.cpuUsage(cpu)
  return (user + system) / 1000 / (performance.now() - start)
}

describe.skipIf(!transport)(
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

    it('NAT-14 what finds no room in its queue is failed with ENOBUFS, at once, and takes less than 20 % of a processor', async ({
      skip,
    }) => {
      const trouble = throttle(3000)
      skip(trouble !== undefined, trouble)
      const rig = new Rig(transport as never, 4)
      const sender = await rig.begin(udpSender, THERE, { localAddr: '10.97.0.1' })
      const taken = await share(async () => {
        for (let i = 0; i < 100; i++) {
          // Each is larger than the one before, so that the kernel cuts none and reports each.
          sender.put(...numbered(10).map((text, i) => text.padEnd(1000 + i)))
          await wait(10)
        }
      })
      expect(taken).toBeLessThan(0.2)
      await eventually(() => sender.accounted === 1000)
      const { sent, failed } = sender.peer.stats
      expect(sent).toBeGreaterThan(0)
      expect(failed).toEqual({ ENOBUFS: 1000 - sent })
    })

    it('NAT-14 what finds no room in the socket waits, and takes less than 20 % of a processor', async ({
      skip,
    }) => {
      const trouble = throttle(100_000_000)
      skip(trouble !== undefined, trouble)
      const rig = new Rig(transport as never, 4)
      const options = { localAddr: '10.97.0.1', sendBufferSize: 20_000 }
      const sender = await rig.begin(udpSender, THERE, options)
      sender.put(...numbered(10_000).map((text) => text.padEnd(1000)))
      await wait(100)
      const before = sender.peer.stats.sent
      expect(await share(() => wait(1000))).toBeLessThan(0.2)
      const { sent, failed } = sender.peer.stats
      expect(sent).toBeGreaterThan(before)
      expect(sent).toBeLessThan(10_000)
      expect(failed).toEqual({})
    })
  },
)
