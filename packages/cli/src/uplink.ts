import type { PeerStats } from '@udpng/basic-peer'
import { PostboxPeer, type PostboxPeerOptions } from '@udpng/peers'

/** A peer of one source of a relay, which reports its end: it is not kept longer than that. */
export class Uplink extends PostboxPeer {
  readonly #onEnded: () => void

  constructor(options: PostboxPeerOptions, onEnded: () => void) {
    super(options)
    this.#onEnded = onEnded
  }

  /** What was counted so far, but for the kernel's drops: to ask for those of a thousand sockets takes long. */
  get soFar(): Readonly<PeerStats> {
    return this.counts
  }

  protected override onEnd(): void {
    super.onEnd()
    this.#onEnded()
  }
}
