import {
  Inbox,
  link,
  type Outbox,
  producerFinished,
  shutdownMicroprocess,
  type UdpngError,
} from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import type { Address, Datagram, Payload } from '@udpng/datagram'
import { TargettedPeer } from '@udpng/peers'
import { eventually } from 'test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { boxesOf, type Common } from './boxes.js'
import { End } from './end.js'

describe('TargettedPeer', () => {
  it('TGT-01 has the boxes inbox, target, control; outbox, signal, errors, and no other', () => {
    const peer = new TargettedPeer()
    expect(boxesOf(peer)).toEqual({
      in: ['inbox', 'target', 'control'],
      out: ['outbox', 'signal', 'errors'],
    })
    type Boxes = Exclude<keyof TargettedPeer, Common>
    type Own = 'inbox' | 'target' | 'control' | 'outbox' | 'signal' | 'errors'
    expectTypeOf<Boxes>().toEqualTypeOf<Own>()
    expectTypeOf(peer.inbox).toEqualTypeOf<Inbox<Payload>>()
    expectTypeOf(peer.target).toExtend<Inbox<Address>>()
    expectTypeOf(peer.outbox).toEqualTypeOf<Outbox<Datagram>>()
    // @ts-expect-error a target is [host, port]
    peer.target.deliver('127.0.0.1:1500')
  })

  it('TGT-01 a new target replaces the receiver for later data', async () => {
    const [one, two] = [await End.open(), await End.open()]
    const peer = new TargettedPeer({ receiverAddr: '127.0.0.1', receiverPort: one.port })
    const run = peer.run()
    peer.inbox.deliver('for one')
    peer.target.deliver(['127.0.0.1', two.port])
    peer.inbox.deliver('for two')
    await eventually(() => one.got.length === 1 && two.got.length === 1)
    expect([one.texts, two.texts]).toEqual([['for one'], ['for two']])
    peer.control.deliver(shutdownMicroprocess())
    await run
  })

  it('TGT-03 a report shows the target, and says what is wrong with it', async () => {
    const peer = new TargettedPeer({ onProducerFinished: 'drain' })
    const errors = new Inbox<UdpngError>('Errors')
    link(peer.errors, errors)
    for (const target of [['127.0.0.1'], ['127.0.0.1', 0], ['::1', 1500]])
      peer.target.deliver(target as never)
    peer.control.deliver(producerFinished())
    await peer.run()
    expect(Array.from(errors, ({ message }) => message)).toEqual([
      'cannot aim at ["127.0.0.1"]: a target must be [host, port]',
      'cannot aim at ["127.0.0.1",0]: the port must be a whole number from 1 to 65535',
      'cannot aim at ["::1",1500]: this socket speaks IPv4',
    ])
  })

  it('DNS-01 a target is looked up when there is something to send to it', async () => {
    const asked: string[] = []
    const peer = new TargettedPeer({
      onProducerFinished: 'drain',
      lookup(host, _, answer) {
        asked.push(host)
        answer(null, '127.0.0.1')
      },
    })
    const end = await End.open()
    peer.target.deliver(['unused.test', end.port])
    peer.target.deliver(['used.test', end.port])
    peer.inbox.deliver('hello')
    peer.control.deliver(producerFinished())
    await peer.run()
    await eventually(() => end.got.length === 1)
    expect(asked).toEqual(['used.test'])
  })

  it('TGT-01 a target whose look-up has failed is the receiver: its name may be found later', async () => {
    let fails = true
    const peer = new TargettedPeer({
      lookupTtlMs: 0,
      lookup(_, __, answer) {
        if (fails) answer(Object.assign(new Error('try again'), { code: 'EAI_AGAIN' }))
        else answer(null, '127.0.0.1')
      },
    })
    const [known, end] = [await End.open(), await End.open()]
    const run = peer.run()
    peer.target.deliver(['late.test', end.port])
    peer.inbox.deliver('too early')
    await eventually(() => peer.stats.failed['LOOKUP_FAILED'] === 1)
    peer.target.deliver(['127.0.0.1', known.port])
    peer.target.deliver(['late.test', end.port])
    fails = false
    await eventually(() => {
      peer.inbox.deliver('hello')
      return end.got.length > 0
    })
    expect(known.got).toEqual([])
    peer.control.deliver(shutdownMicroprocess())
    await run
  })

  it('ACC-05 a target that became the receiver is consumed', async () => {
    const end = await End.open()
    const peer = new TargettedPeer({ onProducerFinished: 'drain' })
    for (let i = 0; i < 3; i++) peer.target.deliver(['127.0.0.1', end.port])
    peer.inbox.deliver('hello')
    peer.control.deliver(producerFinished())
    await peer.run()
    expect(accountOf(peer)).toMatchObject({ in: 4, consumed: 4, waiting: 0, unaccounted: 0 })
  })

  it('TGT-05 an inbox of a subclass counts like its own', async () => {
    class Bounded extends TargettedPeer {
      override readonly inbox: Inbox<Payload> = new Inbox('Few', {
        capacity: 8,
        whenFull: 'dropNewest',
      })
    }
    const [one, two] = [await End.open(), await End.open()]
    const peer = new Bounded()
    peer.target.deliver(['127.0.0.1', one.port])
    for (let i = 0; i < 5; i++) peer.inbox.deliver(`for one ${i}`)
    peer.target.deliver(['127.0.0.1', two.port])
    for (let i = 0; i < 5; i++) peer.inbox.deliver(`for two ${i}`)
    const run = peer.run()
    await eventually(() => one.got.length + two.got.length === 8)
    expect([one.texts, two.texts]).toEqual([
      [0, 1, 2, 3, 4].map((i) => `for one ${i}`),
      [0, 1, 2].map((i) => `for two ${i}`),
    ])
    peer.control.deliver(shutdownMicroprocess())
    await run
    expect(peer.stats.dropped.unsent).toBe(2)
  })
})
