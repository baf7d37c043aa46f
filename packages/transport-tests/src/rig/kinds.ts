import type { BasicPeer, LocalOptions } from '@udpng/basic-peer'
import type { Address } from '@udpng/datagram'
import { PostboxPeer, SimplePeer, TargettedPeer, UDPReceiver, UDPSender } from '@udpng/peers'

/** A class of peers, as far as a test has to know it to use any of them. */
export interface Kind {
  readonly name: string
  readonly receives: boolean
  readonly sends: boolean
  /** Makes one with these options, as far as it has them; `to` is where it sends to by itself. */
  create(options: LocalOptions, to: Address | undefined): BasicPeer
  /** What to put in its inbox so that `data` goes to `to`. */
  message(data: unknown, to: Address): unknown
}

const plain = (data: unknown): unknown => data
const receiver = (to: Address | undefined) =>
  to ? { receiverAddr: to[0], receiverPort: to[1] } : {}

export const simplePeer: Kind = {
  receives: true,
  sends: true,
  name: 'SimplePeer',
  create: (options, to) => new SimplePeer({ ...options, ...receiver(to) }),
  message: plain,
}

export const targettedPeer: Kind = {
  receives: true,
  sends: true,
  name: 'TargettedPeer',
  create: (options, to) => new TargettedPeer({ ...options, ...receiver(to) }),
  message: plain,
}

export const postboxPeer: Kind = {
  receives: true,
  sends: true,
  name: 'PostboxPeer',
  create: (options) => new PostboxPeer(options),
  message: (data, [host, port]) => [host, port, data],
}

export const udpReceiver: Kind = {
  receives: true,
  sends: false,
  name: 'UDPReceiver',
  create: (options) => new UDPReceiver(options),
  message: plain,
}

export const udpSender: Kind = {
  receives: false,
  sends: true,
  name: 'UDPSender',
  create: (options, to) => {
    const { localAddr, localPort, onProducerFinished, lingerMs, ...common } = options
    return new UDPSender({ ...common, receiverPort: 0, ...receiver(to) })
  },
  message: plain,
}

/** The five peers. */
export const kinds: readonly Kind[] = [
  simplePeer,
  targettedPeer,
  postboxPeer,
  udpReceiver,
  udpSender,
]
export const receivers: readonly Kind[] = [simplePeer, targettedPeer, postboxPeer, udpReceiver]
export const senders: readonly Kind[] = [simplePeer, targettedPeer, postboxPeer, udpSender]
/** Those with one destination. */
export const aimed: readonly Kind[] = [simplePeer, targettedPeer, udpSender]
