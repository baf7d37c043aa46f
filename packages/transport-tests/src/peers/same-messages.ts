import type { DatagramTransport } from '@udpng/basic-peer'
import { Component, Inbox, link, type Main, Outbox, producerFinished } from '@udpng/core'
import type { Datagram, Family, Letter } from '@udpng/datagram'
import { PostboxPeer, SimplePeer, UDPSender } from '@udpng/peers'
import { describe, expect, it } from 'vitest'
import { label, Rig, Subject } from '../rig/rig.js'

/** Sends every datagram back to its sender, in capitals. */
class Shouter extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('Datagrams')
  readonly outbox: Outbox<Letter> = new Outbox('Answers')
  readonly heard: string[] = []

  override *main(): Main {
    for (;;) {
      for (const [data, [host, port]] of this.inbox) {
        const text = String(data)
        this.heard.push(text)
        this.outbox.send([host, port, text.toUpperCase()])
      }
      yield this.pause()
    }
  }
}

/** One program, and the messages that it shows, be the transport what it may. */
export function describeSameMessages(transport: DatagramTransport, family: Family): void {
  describe(`the same messages: ${label(transport, family)}`, () => {
    it('TRN-01 the same program shows the same messages on every transport', async () => {
      const rig = new Rig(transport, family)
      const { host } = rig
      const lookup = (name: string, _: unknown, answer: (error: null, found: string) => void) =>
        answer(null, name === 'server.example' ? host : 'nothing')

      const server = rig.activate(new PostboxPeer(rig.local))
      const shouter = rig.activate(new Shouter())
      link(server.outbox, shouter.inbox)
      link(shouter.outbox, server.inbox)
      const [, receiverPort] = await server.bound

      const asking = new Subject(
        new SimplePeer({
          ...rig.local,
          receiverAddr: host,
          receiverPort,
          onProducerFinished: 'drain',
          lingerMs: 100,
        }),
      )
      for (const data of ['one', '', 'two', 7, 'x'.repeat(70_000), Buffer.from('three')])
        asking.inbox.deliver(data)
      await rig.start(asking)
      expect(await asking.texts(4)).toEqual(['ONE', '', 'TWO', 'THREE'])
      asking.peer.control.deliver(producerFinished())
      expect(await asking.ended()).toEqual([producerFinished()])

      const telling = new Subject(
        new UDPSender({
          transport,
          family,
          lookup,
          receiverAddr: 'server.example',
          receiverPort,
        }),
      )
      for (const data of ['four', 'five']) telling.inbox.deliver(data)
      telling.peer.control.deliver(producerFinished())
      await rig.start(telling)
      expect(await telling.ended()).toEqual([producerFinished()])

      const lost = new Subject(
        new UDPSender({
          transport,
          family,
          lookup,
          receiverAddr: 'nowhere.example',
          receiverPort,
        }),
      )
      lost.inbox.deliver('six')
      lost.peer.control.deliver(producerFinished())
      await rig.start(lost)
      expect(await lost.ended()).toEqual([producerFinished()])

      const last = rig.endpoint()
      await last.send([host, receiverPort], 'bye')
      await last.received(1)
      expect({
        heard: shouter.heard,
        reports: [asking, telling, lost].map(({ reports }) => [...reports].map(({ code }) => code)),
        sent: [asking, telling, lost, { peer: server }].map(({ peer }) => peer.stats.sent),
        failed: [asking, telling, lost].map(({ peer }) => peer.stats.failed),
        received: [asking.peer, server].map(({ stats }) => stats.received),
      }).toEqual({
        heard: ['one', '', 'two', 'three', 'four', 'five', 'bye'],
        reports: [['BAD_MESSAGE', 'TOO_LARGE'], [], ['LOOKUP_FAILED']],
        sent: [4, 2, 0, 7],
        failed: [{ BAD_MESSAGE: 1, TOO_LARGE: 1 }, {}, { LOOKUP_FAILED: 1 }],
        received: [4, 7],
      })
    })
  })
}
