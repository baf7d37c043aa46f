// Opens five peers with datagrams under way, and leaves in the middle of it.

import type { TransportChoice } from '@udpng/basic-peer'
import { Component, type Main } from '@udpng/core'
import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'

const transport = process.argv[2] as TransportChoice

class Leaver extends Component {
  override *main(): Main {
    const receiver = this.activate(new UDPReceiver({ transport, localAddr: '127.0.0.1' }))
    const [receiverAddr, receiverPort] = yield* this.until(receiver.bound)
    const to = { transport, receiverAddr, receiverPort }
    const peers = [new SimplePeer(to), new TargettedPeer(to), new UDPSender(to)]
    for (const peer of peers) {
      this.activate(peer)
      for (let i = 0; i < 1000; i++) peer.inbox.deliver(`${i}`)
    }
    const postbox = this.activate(new PostboxPeer({ transport }))
    yield* this.until(Promise.all([...peers, postbox].map(({ bound }) => bound)))
    for (let i = 0; i < 1000; i++) postbox.inbox.deliver([receiverAddr, receiverPort, `${i}`])
    yield
    process.exit(7)
  }
}

void new Leaver().run()
