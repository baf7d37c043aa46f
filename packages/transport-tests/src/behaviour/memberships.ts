import type { DatagramTransport, Membership } from '@udpng/basic-peer'
import { shutdownMicroprocess, type UdpngError } from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'
import { type MulticastInterface, MulticastRig } from '../rig/multicast-rig.js'
import { label, loopback, type Subject } from '../rig/rig.js'

/** Groups that an open peer joins and leaves, on one interface. No tests for a transport that is not capable of it. */
export function describeMemberships(
  transport: DatagramTransport,
  family: Family,
  on: MulticastInterface,
): void {
  if (!transport.capabilities?.includes('memberships')) return
  const rig = new MulticastRig(transport, family, on)
  /** A host that sends nothing. */
  const otherSender = family === 4 ? '198.51.100.1' : '2001:db8::1'

  /** Sends to the group, and then to the peer alone: what the peer has got before that one. */
  async function heard(subject: Subject, group: string, text: string): Promise<string[]> {
    const [, port] = subject.address
    await rig.sendTo(group, port, text)
    await rig.delivered()
    await rig.sendTo(loopback(family), port, 'mark')
    const all: string[] = []
    while (all.at(-1) !== 'mark') all.push(...(await subject.texts(1)))
    return all.slice(0, -1)
  }

  function refused(call: () => void): UdpngError {
    try {
      call()
    } catch (error) {
      return error as UdpngError
    }
    throw new Error('it was accepted')
  }

  describe(`memberships on ${on.name}: ${label(transport, family)}`, () => {
    it.each<[string, (group: string) => string | Membership]>([
      ['text', (group) => group],
      ['a membership', (group) => ({ group })],
      ['a membership on an interface', (group) => ({ group, interface: on.name })],
    ])('MUL-06 an open peer joins and leaves a group, given as %s', async (_, given) => {
      const [group] = rig.groups()
      const subject = await rig.start({})
      expect(await heard(subject, group, 'too early')).toEqual([])
      subject.peer.join(given(group))
      expect(await heard(subject, group, 'joined')).toEqual(['joined'])
      subject.peer.leave(given(group))
      expect(await heard(subject, group, 'too late')).toEqual([])
    })

    it('MUL-06 to join twice, and to leave what was not joined, fails and changes nothing', async () => {
      const [group, other] = rig.groups(2) as [string, string]
      const subject = await rig.start({ groups: [group] })
      const { peer } = subject
      const twice = refused(() => peer.join(group))
      expect(twice).toMatchObject({ code: 'MEMBERSHIP_FAILED', address: group })
      expect(twice.message).toContain(`${peer.name} cannot join ${group}: `)
      expect(twice.cause).toMatchObject({ code: 'EADDRINUSE' })
      expect(refused(() => peer.leave(other)).cause).toMatchObject({ code: 'EADDRNOTAVAIL' })
      expect(refused(() => peer.leave({ group, source: otherSender })).cause).toMatchObject({
        code: 'EADDRNOTAVAIL',
      })
      expect(await heard(subject, group, 'still joined')).toEqual(['still joined'])
    })

    it('MUL-06 before it is bound and after its end, a peer can neither join nor leave', async () => {
      const [group] = rig.groups()
      const early = rig.make({})
      expect(refused(() => early.join(group))).toMatchObject({ code: 'NOT_BOUND' })
      const subject = await rig.start({ groups: [group] })
      const { peer } = subject
      peer.control.deliver(shutdownMicroprocess())
      await subject.ended()
      expect(refused(() => peer.leave(group))).toMatchObject({ code: 'NOT_BOUND' })
    })

    it.each(['open', 'join'] as const)(
      'MUL-07 with a source, a peer gets only what that host sends to the group: %s',
      async (when) => {
        const [group] = rig.groups()
        for (const [source, texts] of [
          [on.address, ['from it']],
          [otherSender, []],
        ] as const) {
          const membership = { group, source }
          const subject = await rig.start(when === 'open' ? { groups: [membership] } : {})
          if (when === 'join') subject.peer.join(membership)
          expect(await heard(subject, group, 'from it')).toEqual(texts)
          subject.peer.leave(membership)
          expect(await heard(subject, group, 'left')).toEqual([])
        }
      },
    )

    it('MUL-08 a peer gets only groups of its own, where the transport is capable of it', async ({
      skip,
    }) => {
      skip(!transport.capabilities?.includes('ownGroups'), 'it cannot')
      const [group, other] = rig.groups(2) as [string, string]
      const subject = await rig.start({ groups: [group] })
      await rig.start({ groups: [other] })
      expect(await heard(subject, other, 'for the other')).toEqual([])
      expect(await heard(subject, group, 'for both')).toEqual(['for both'])
    })

    it('MUL-09 an unknown interface fails, unless the membership may wait for it', async () => {
      const [group] = rig.groups()
      const { peer } = await rig.start({})
      const membership = { group, interface: 'udpng9' }
      const failure = refused(() => peer.join(membership))
      expect(failure).toMatchObject({ code: 'MEMBERSHIP_FAILED', address: group })
      expect(failure.message).toContain('no interface udpng9')
      peer.join({ ...membership, wait: true })
      expect(refused(() => peer.join({ ...membership, wait: true })).cause).toMatchObject({
        code: 'EADDRINUSE',
      })
      peer.leave(membership)
      expect(refused(() => peer.leave(membership)).cause).toMatchObject({ code: 'EADDRNOTAVAIL' })
    })
  })
}
