import { execFileSync } from 'node:child_process'
import { networkInterfaces } from 'node:os'
import type { DatagramTransport } from '@udpng/basic-peer'
import type { Family } from '@udpng/datagram'
import { eventually } from 'test-support'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MulticastRig } from '../rig/multicast-rig.js'
import { label } from '../rig/rig.js'
import { memberships } from './memberships.js'

const NAME = 'udpng2'
const ADDRESS = { 4: '10.9.2.1', 6: 'fe80::3' }

/** Memberships on an interface that comes and goes: only for use inside `runInNamespace`. */
export function describeLostInterfaces(transport: DatagramTransport, family: Family): void {
  const ip = (...args: string[]) =>
    execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })

  function add(): void {
    ip('link', 'add', NAME, 'type', 'veth', 'peer', 'name', 'udpng3')
    ip('address', 'add', `${ADDRESS[4]}/24`, 'dev', NAME)
    ip('address', 'add', `${ADDRESS[6]}/64`, 'dev', NAME, 'nodad')
    for (const name of [NAME, 'udpng3']) ip('link', 'set', name, 'up')
  }
  /** Linux marks a new interface as running a moment later (its linkwatch). Until then, the system does not list it. */
  const isRunning = () =>
    eventually(() => networkInterfaces()[NAME] !== undefined, `${NAME} is running`)
  const remove = () => ip('link', 'delete', NAME)

  describe(`lost interfaces: ${label(transport, family)}`, () => {
    it('MUL-09 a group is joined again when its interface comes back, three times', async () => {
      const rig = new MulticastRig(transport, family, { name: NAME, address: ADDRESS[family] })
      const [group] = rig.groups()
      const { peer, reports, got } = await rig.start({ interface: 'lo' })
      const joined = () =>
        eventually(() => memberships([group], NAME).length > 0, `${group} joined`)
      peer.join({ group, interface: NAME, wait: true })
      expect(memberships([group], NAME)).toEqual([])
      for (let round = 1; round <= 3; round++) {
        add()
        onTestFinished(() => void tryTo(remove))
        await joined()
        await rig.sendTo(group, peer.address?.[1] as number, `round ${round}`)
        await eventually(() => got.length === 1, `round ${round}`)
        expect(String(got.recv()?.[0])).toBe(`round ${round}`)
        remove()
        await eventually(() => reports.length === 1, 'a report')
        const report = reports.recv()
        expect(report).toMatchObject({ code: 'MEMBERSHIP_FAILED', address: group })
        expect(report?.message).toContain(`left the multicast group ${group}`)
        expect(report?.message).toContain(`the interface ${NAME} is gone`)
      }
    })

    it('MUL-09 a group that is joined on two interfaces is lost on one only', async () => {
      const rig = new MulticastRig(transport, family, { name: 'udpng0', address: '' })
      const [group] = rig.groups()
      add()
      onTestFinished(() => void tryTo(remove))
      await isRunning()
      const { reports } = await rig.start({
        groups: [
          { group, interface: NAME },
          { group, interface: 'udpng0' },
        ],
      })
      remove()
      await eventually(() => reports.length === 1, 'a report')
      expect(memberships([group], 'udpng0')).toEqual([group])
    })

    it('MUL-09 an interface that is removed and added again between two looks is noticed', async () => {
      const rig = new MulticastRig(transport, family, { name: NAME, address: ADDRESS[family] })
      const [group] = rig.groups()
      add()
      onTestFinished(() => void tryTo(remove))
      await isRunning()
      const { peer, got } = await rig.start({ groups: [group] })
      remove()
      add()
      expect(memberships([group], NAME)).toEqual([])
      await eventually(() => memberships([group], NAME).length > 0, `${group} joined`)
      await rig.sendTo(group, peer.address?.[1] as number, 'again')
      await eventually(() => got.length === 1, 'again')
    })
  })
}

function tryTo(call: () => void): void {
  try {
    call()
  } catch {
    // it is gone already
  }
}
