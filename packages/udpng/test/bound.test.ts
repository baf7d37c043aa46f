import { expect, it } from 'vitest'
import {
  Component,
  Graphline,
  Inbox,
  type Main,
  Pipeline,
  Scheduler,
  UDPReceiver,
} from '../src/index.js'

class Sink extends Component {
  readonly inbox: Inbox<unknown> = new Inbox('Datagrams')
  override *main(): Main {
    while (!this.readControl()) yield this.pause()
  }
}

const unbound = { code: 'NOT_BOUND' }

it('BND-11 bound rejects when the graph around the peer is aborted before it starts, and no socket is bound', async () => {
  const peer = new UDPReceiver({ localAddr: '127.0.0.1' })
  await new Pipeline(peer, new Sink()).run({ signal: AbortSignal.abort() })
  await expect(peer.bound).rejects.toMatchObject(unbound)
  expect([peer.address, peer.ended]).toEqual([undefined, true])
})

it('BND-11 and when graphs in graphs are stopped before their first step', async () => {
  const peer = new UDPReceiver({ localAddr: '127.0.0.1' })
  const scheduler = new Scheduler()
  scheduler.activate(new Graphline({ INNER: new Pipeline(peer, new Sink()) }))
  scheduler.step()
  scheduler.stop()
  await expect(peer.bound).rejects.toMatchObject(unbound)
})

it('BND-11 and when a part before it cannot be started', async () => {
  const peer = new UDPReceiver({ localAddr: '127.0.0.1' })
  const busy = new Sink()
  new Scheduler().activate(busy)
  await expect(new Graphline({ BUSY: busy, UDP: peer }).run()).rejects.toMatchObject({
    code: 'BAD_ACTIVATION',
  })
  await expect(peer.bound).rejects.toMatchObject(unbound)
})
