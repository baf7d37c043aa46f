import { readFileSync } from 'node:fs'
import type { DatagramTransport, MulticastOptions } from '@udpng/basic-peer'
import {
  Component,
  Inbox,
  type Main,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
  type UdpngError,
} from '@udpng/core'
import type { Family } from '@udpng/datagram'
import { PostboxPeer, UDPReceiver } from '@udpng/peers'
import { eventually, openSockets } from 'test-support'
import { describe, expect, it } from 'vitest'
import { kinds as allKinds, type Kind } from '../rig/kinds.js'
import { type MulticastInterface, MulticastRig } from '../rig/multicast-rig.js'
import { label, loopback, Rig } from '../rig/rig.js'
import { memberships } from '../system/memberships.js'

/** Datagrams to groups, on one interface. */
export function describeMulticast(
  transport: DatagramTransport,
  family: Family,
  on: MulticastInterface,
  kinds: readonly Kind[] = allKinds,
): void {
  const receivers = kinds.filter((kind) => kind.receives)
  /** More than igmp_max_memberships, and more than optmem_max has room for. */
  const tooMany =
    family === 4
      ? 1 + Number(readFileSync('/proc/sys/net/ipv4/igmp_max_memberships', 'latin1'))
      : 20_000
  const rig = new MulticastRig(transport, family, on)
  const localAddr = rig.anywhere
  const anyPort = { transport, family, localAddr } as const
  const groups = rig.groups.bind(rig)
  const sendTo = rig.sendTo.bind(rig)
  const start = rig.start.bind(rig)

  /** Why it cannot be bound; and then nothing is left of it. */
  async function failureOf(multicast: MulticastOptions): Promise<UdpngError> {
    const before = openSockets()
    const peer = new UDPReceiver({ ...anyPort, multicast })
    const bound = peer.bound.catch((error: unknown) => error)
    await expect(peer.run()).rejects.toMatchObject({ code: 'BIND_FAILED', component: peer.name })
    expect(openSockets()).toBe(before)
    const names = (multicast.groups ?? []).map((given) =>
      typeof given === 'string' ? given : given.group,
    )
    expect(memberships(names)).toEqual([])
    return bound as Promise<UdpngError>
  }

  describe(`multicast on ${on.name}: ${label(transport, family)}`, () => {
    for (const kind of receivers)
      it(`MUL-01 ${kind.name} joins its groups at bind, and emits what is sent to them as any datagram`, async () => {
        const [one, two] = groups(2) as [string, string]
        const multicast = { groups: [one, two], interface: on.name }
        const rig = new Rig(transport, family)
        expect(memberships([one, two])).toEqual([])
        const subject = await rig.begin(kind, undefined, { localAddr, multicast })
        expect(memberships([one, two])).toEqual([one, two])
        const ports = []
        for (const group of [one, two])
          ports.push(await sendTo(group, subject.address[1], `to ${group}`))
        const sender = on.address
        expect(await subject.received(2)).toEqual([
          [Buffer.from(`to ${one}`), [sender, ports[0]]],
          [Buffer.from(`to ${two}`), [sender, ports[1]]],
        ] satisfies unknown[])
      })

    it.each(Object.entries(endings))('MUL-01 groups are left after %s', async (_, end) => {
      const [group] = groups()
      const multicast = { groups: [group], interface: on.name }
      const peer = new FragilePeer({ ...anyPort, multicast, onProducerFinished: 'drain' })
      const scheduler = new Scheduler()
      const abort = new AbortController()
      const culprit = new Culprit()
      scheduler.activate(culprit)
      scheduler.activate(peer)
      const run = scheduler.run({ signal: abort.signal }).catch(() => {})
      await peer.bound
      expect(memberships([group])).toEqual([group])
      end({ peer, scheduler, abort, culprit })
      await eventually(() => peer.ended, 'the end of the peer')
      expect(memberships([group])).toEqual([])
      scheduler.stop()
      await run
    })

    it.each(['name', 'address'] as const)('MUL-02 an interface is known by its %s', async (key) => {
      const [group] = groups()
      const multicast = { groups: [group], interface: on[key] }
      const subject = await start(multicast)
      expect(memberships([group], on.name)).toEqual([group])
      await sendTo(group, subject.address[1], 'found', { interface: on[key] })
      expect(await subject.texts(1)).toEqual(['found'])
    })

    it.each(['udpng9', family === 4 ? '198.51.100.1' : '2001:db8::1'])(
      'MUL-02 an interface %s that this machine has not is a failed bind that says so',
      async (unknown) => {
        const failure = await failureOf({ groups: groups(), interface: unknown })
        expect(failure.message).toContain(`no interface ${unknown}`)
        await expect(failureOf({ interface: unknown })).resolves.toBeInstanceOf(Error)
      },
    )

    it('MUL-03 ttl 0 reaches this host', async () => {
      const [group] = groups()
      const subject = await start({ groups: [group] })
      await sendTo(group, subject.address[1], 'for here', { ttl: 0 })
      expect(await subject.texts(1)).toEqual(['for here'])
    })

    it.each([{ loopback: true }, {}])(
      'MUL-04 with %o, what a peer sends to its own group comes back',
      async (loopback) => {
        const [group] = groups()
        const subject = await start({ groups: [group], ...loopback })
        const [, port] = subject.address
        subject.inbox.deliver([group, port, 'to us all'])
        expect(await subject.received(1)).toEqual([[Buffer.from('to us all'), [on.address, port]]])
      },
    )

    it('MUL-04 with reuseAddr, two peers on one port both get what the group gets', async () => {
      const [group] = groups()
      const first = await start({ groups: [group] }, { reuseAddr: true })
      const [, localPort] = first.address
      const second = await start({ groups: [group] }, { reuseAddr: true, localPort })
      await sendTo(group, localPort, 'to both')
      expect([await first.texts(1), await second.texts(1)]).toEqual([['to both'], ['to both']])
    })

    it('MUL-05 too many groups are a failed bind, and none of them stays joined', async () => {
      const failure = await failureOf({ groups: groups(tooMany), interface: on.name })
      expect(failure.cause).toMatchObject({ code: expect.stringMatching(/^E(NOBUFS|NOMEM)$/) })
    })

    const { wiredTo } = on
    if (wiredTo) {
      it('MUL-03 ttl 0 stays on this host, ttl 1 leaves it', async () => {
        const [group] = groups()
        const far = await start({ groups: [group], interface: wiredTo })
        const [, port] = far.address
        // Linux gives each member on this host its copy, also on another interface; a second one can only have come over the wire. On
        // IPv4, a socket that gets groups of its own only gets none of another interface.
        const isCopied = family === 6 || !transport.capabilities?.includes('ownGroups')
        for (const ttl of [0, 1]) {
          const near = await start({ groups: [group], ttl })
          near.inbox.deliver([group, port, `ttl ${ttl}`])
          await eventually(() => near.peer.stats.sent === 1, 'it is sent')
        }
        const texts = isCopied ? ['ttl 0', 'ttl 1', 'ttl 1'] : ['ttl 1']
        expect(await far.texts(texts.length)).toEqual(texts)
      })

      it('MUL-04 without loopback, nothing of what the peer sends comes back', async () => {
        const [group] = groups()
        const near = await start({ groups: [group], loopback: false })
        const [, port] = near.address
        near.inbox.deliver([group, port, 'to the others'])
        near.inbox.deliver([loopback(family), port, 'to myself'])
        expect(await near.texts(1)).toEqual(['to myself'])
        expect(near.peer.stats.sent).toBe(2)
      })

      if (family === 4)
        it('MUL-05 a group that no route leads to is a failed bind', async () => {
          const failure = await failureOf({ groups: groups() })
          expect(failure.cause).toMatchObject({ code: 'ENODEV' })
        })
    }
  })
}

/** Ends a peer by its own failure, or by a control message. */
interface Situation {
  readonly peer: PostboxPeer
  readonly scheduler: Scheduler
  readonly abort: AbortController
  readonly culprit: Culprit
}

/** Fails on request. */
class Culprit extends Component {
  readonly inbox: Inbox<unknown> = new Inbox('When to fail')
  override *main(): Main {
    while (!this.inbox.ready) yield this.pause()
    throw new Error('culprit')
  }
}

/** A peer that fails on request. */
class FragilePeer extends PostboxPeer {
  protected override take(): ReturnType<PostboxPeer['take']> {
    if (this.inbox.ready) throw new Error('fragile')
    return undefined
  }
}

const endings: Record<string, (situation: Situation) => void> = {
  shutdownMicroprocess: ({ peer }) => peer.control.deliver(shutdownMicroprocess()),
  'producerFinished, drained': ({ peer }) => peer.control.deliver(producerFinished()),
  'the stop of its scheduler': ({ scheduler }) => scheduler.stop(),
  'an abort of the run': ({ abort }) => abort.abort(),
  'its own failure': ({ peer }) => peer.inbox.deliver(['127.0.0.1', 9, 'fail']),
  'the failure of another component': ({ culprit }) => culprit.inbox.deliver('now'),
}
